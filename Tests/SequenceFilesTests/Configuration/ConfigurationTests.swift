import DripCore
import Foundation
import Testing

@testable import SequenceFiles

struct ConfigurationTests {
    private let folder: TemporaryFolder

    private static let least = """
        messenger:
          app_secret: {file: secrets/app_secret}
          verify_token: {credential: verify}
          pages:
            - id: 1577703145783617
              token: {env: PAGE_TOKEN}
        """

    init() throws {
        folder = try TemporaryFolder()
    }

    private func load(_ content: String, _ environment: [String: String] = [:]) throws -> Configuration {
        try Configuration.load(path: try folder.write("dripd.yaml", content), environment: environment)
    }

    @Test func `what a short file leaves out has its default`() throws {
        let configuration = try load(Self.least)
        #expect(configuration.listen.description == "127.0.0.1:8787")
        #expect(configuration.stateDirectory == folder.path + "/state")
        #expect(configuration.controlSocket == folder.path + "/state/control.sock")
        #expect(configuration.sequences == folder.path + "/Sequences")
        #expect(configuration.zone.identifier == "Asia/Ho_Chi_Minh")
        #expect(configuration.concurrency == 64)
        let messenger = configuration.messenger
        #expect(messenger.graph.text == "https://graph.facebook.com/v25.0")
        #expect(!messenger.graph.isLoopback)
        #expect(messenger.appSecret == .file(path: folder.path + "/secrets/app_secret"))
        #expect(messenger.verifyToken == .credential(name: "verify"))
        #expect(
            messenger.pages == [
                PageConfiguration(
                    id: "1577703145783617",
                    token: .environment(name: "PAGE_TOKEN"),
                    rate: 10,
                    persona: nil,
                    marketing: nil,
                    oneTime: false
                )
            ]
        )
    }

    @Test func `calls prove the app's secret, unless the file says otherwise`() throws {
        #expect(try load(Self.least).messenger.provesAppSecret)
        for (word, isProven) in [("true", true), ("false", false)] {
            let file = Self.least.replacing("  verify_token", with: "  appsecret_proof: \(word)\n  verify_token")
            #expect(try load(file).messenger.provesAppSecret == isProven)
        }
        let mistaken = Self.least.replacing("  verify_token", with: "  appsecret_proof: no\n  verify_token")
        #expect(
            configurationProblems(mistaken)
                == "dripd.yaml:3:20: error: 'no' is not one of: true, false; did you mean 'false'?"
        )
    }

    @Test func `systemd's directories are defaults, of several the first`() throws {
        let configuration = try load(
            Self.least,
            ["STATE_DIRECTORY": "/var/lib/dripd:/var/lib/other", "RUNTIME_DIRECTORY": "/run/dripd"]
        )
        #expect(configuration.stateDirectory == "/var/lib/dripd")
        #expect(configuration.controlSocket == "/run/dripd/control.sock")
    }

    @Test func `what the file says comes first`() throws {
        let configuration = try load(
            """
            listen: "[::1]:0"
            state_directory: data/dripd
            control_socket: /run/other.sock
            sequences: ./care
            timezone: Europe/Berlin
            concurrency: 1000
            messenger:
              graph_url: http://127.0.0.1:9000/v25.0/
              app_secret: {env: A}
              verify_token: {file: /etc/dripd/verify_token}
              pages:
                - {id: "1", token: {env: B}, rate: 100000/s}
                - {id: "2", token: {env: C}, rate: 1/s, persona: 42, one_time: true, marketing: {ad_account: act_55, campaign: c1, token: {env: A}}}
            """,
            ["STATE_DIRECTORY": "/var/lib/dripd", "RUNTIME_DIRECTORY": "/run/dripd"]
        )
        #expect(configuration.listen == ListenAddress(host: "::1", port: 0))
        #expect(configuration.listen.description == "[::1]:0")
        #expect(configuration.stateDirectory == folder.path + "/data/dripd")
        #expect(configuration.controlSocket == "/run/other.sock")
        #expect(configuration.sequences == folder.path + "/care")
        #expect(configuration.zone.identifier == "Europe/Berlin")
        #expect(configuration.concurrency == 1000)
        #expect(configuration.messenger.graph.text == "http://127.0.0.1:9000/v25.0")
        #expect(configuration.messenger.verifyToken == .file(path: "/etc/dripd/verify_token"))
        #expect(configuration.messenger.pages.map(\.rate) == [100_000, 1])
        #expect(configuration.messenger.pages.map(\.persona) == [nil, "42"])
        #expect(configuration.messenger.pages.map(\.oneTime) == [false, true])
        #expect(
            configuration.messenger.pages.map(\.marketing) == [
                nil, MarketingConfiguration(adAccount: "55", campaign: "c1", token: .environment(name: "A")),
            ]
        )
    }

    @Test(arguments: [
        ("http://127.0.0.1:1", true), ("http://127.255.0.9", true), ("http://localhost:80/x", true),
        ("http://LOCALHOST", true), ("http://[::1]:8080", true), ("https://graph.facebook.com/v25.0", false),
        ("https://127.0.0.1.example.com", false), ("https://localhost.example.com", false),
        ("https://128.0.0.1", false),
        ("https://[::2]", false), ("https://127.0.0", false), ("https://127.0.0.256", false),
    ])
    func `only this machine's own addresses are loopback`(address: String, isLoopback: Bool) throws {
        #expect(try GraphURL.parse(address).isLoopback == isLoopback)
    }

    @Test func `a file without a folder is relative to where the program runs`() {
        var reader = ConfigurationReader(path: "dripd.yaml", environment: [:])
        let configuration = reader.read(Array(Self.least.utf8))
        #expect(configuration?.stateDirectory == "./state")
        #expect(configuration?.messenger.appSecret == .file(path: "./secrets/app_secret"))
    }

    @Test func `how many people a reload may send to, and the words of those who want nothing more`() throws {
        let plain = try load(Self.least)
        #expect(plain.confirmAbove == nil)
        #expect(plain.optOut == .standard)
        let set = try load(Self.least + "\nadopt: {confirm_above: 1000}\nopt_out: [thôi, Đủ rồi]\n")
        #expect(set.confirmAbove == 1000)
        #expect(set.optOut == OptOut.standard.adding(["thôi", "Đủ rồi"]))
        #expect(["thôi", "đủ rồi", "STOP"].map { set.optOut.reading(of: Phrase($0)) } == [.stop, .stop, .stop])
        let own = try load(Self.least + "\nopt_out: {only: [thôi]}\n").optOut
        #expect(["thôi", "đủ rồi", "STOP"].map { own.reading(of: Phrase($0)) } == [.stop, .none, .none])
        let error = try #require(throws: ConfigurationError.self) {
            try load(Self.least + "\nadopt: {confirm_above: few}\nopt_out: thôi\n")
        }
        #expect(
            error.description.replacing(folder.path, with: "T") == """
                T/dripd.yaml:7:24: error: 'few' is not a number of people, such as 1000
                T/dripd.yaml:8:10: error: 'opt_out' must be a list, not a text: each entry begins with '- '
                """
        )
        for (written, message) in [
            ("{only: []}", "7:17: error: 'only' is empty"),
            ("{add: [x]}", "7:11: error: unknown key 'add' in 'opt_out'"),
            ("['\u{200B}']", "7:11: error: an opt-out word needs a visible character"),
            ("[a b c d e f g h i j k l m]", "7:11: error: an opt-out phrase has at most 12 words"),
        ] {
            let error = try #require(throws: ConfigurationError.self) {
                try load(Self.least + "\nopt_out: \(written)\n")
            }
            #expect(error.description.contains(message), "\(error.description)")
        }
    }

    @Test func `how many comments without an author a page answers in an hour`() throws {
        #expect(try load(Self.least).unnamedRepliesPerHour == 60)
        #expect(try load(Self.least + "\nunnamed_comments_per_hour: 5\n").catalogSettings.unnamedRepliesPerHour == 5)
        #expect(try load(Self.least + "\nunnamed_comments_per_hour: none\n").unnamedRepliesPerHour == nil)
        for text in ["0", "-1", "many"] {
            let error = try #require(throws: ConfigurationError.self) {
                try load(Self.least + "\nunnamed_comments_per_hour: \(text)\n")
            }
            #expect(
                error.description.replacing(folder.path, with: "T")
                    == "T/dripd.yaml:7:28: error: '\(text)' is not a number of comments, such as 60, or none"
            )
        }
    }

    @Test func `how many messages a person gets in a day`() throws {
        #expect(try load(Self.least).dailyLimit == DailyLimit(3))
        #expect(try load(Self.least + "\nmessages_per_person_per_day: 5\n").dailyLimit == DailyLimit(5))
        #expect(try load(Self.least + "\nmessages_per_person_per_day: none\n").dailyLimit == nil)
        for text in ["0", "-1", "many"] {
            let error = try #require(throws: ConfigurationError.self) {
                try load(Self.least + "\nmessages_per_person_per_day: \(text)\n")
            }
            #expect(
                error.description.replacing(folder.path, with: "T")
                    == "T/dripd.yaml:7:30: error: '\(text)' is not a number of messages, such as 3, or none"
            )
        }
    }

    @Test func `a file that is not there`() throws {
        let path = folder.path + "/dripd.yaml"
        let error = try #require(throws: ConfigurationError.self) {
            try Configuration.load(path: path, environment: [:])
        }
        #expect(error.description == "\(path): error: no such file or folder")
    }

    @Test func `every fault is in the error, a line each`() throws {
        let error = try #require(throws: ConfigurationError.self) {
            try load(Self.least + "\nlisten: 8787\nconcurrency: many\n")
        }
        #expect(
            error.description.replacing(folder.path, with: "T") == """
                T/dripd.yaml:7:9: error: '8787' is not a host and a port; did you mean '127.0.0.1:8787'?
                T/dripd.yaml:8:14: error: 'many' is not a number of requests: use 1 to 1000
                """
        )
    }
}
