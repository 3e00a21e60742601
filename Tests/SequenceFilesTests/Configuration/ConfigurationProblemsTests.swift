import Testing

@testable import SequenceFiles

/// What is said about a configuration that cannot be used.
struct ConfigurationProblemsTests {
    @Test func `keys that are unknown, misplaced or missing`() {
        let file = #"""
            lisen: 127.0.0.1:8787
            graph_url: https://graph.facebook.com/v25.0
            messenger:
              app_secrt: {file: a}
              rate: 10/s
              pages:
                - idd: 1
            """#
        #expect(
            configurationProblems(file) == #"""
                dripd.yaml:1:1: error: unknown key 'lisen' in the configuration; did you mean 'listen'?
                dripd.yaml:2:1: error: 'graph_url' does not belong in the configuration but in 'messenger'
                dripd.yaml:4:3: error: 'messenger' needs 'verify_token'
                dripd.yaml:4:3: error: unknown key 'app_secrt' in 'messenger'; did you mean 'app_secret'?
                dripd.yaml:5:3: error: 'rate' does not belong in 'messenger' but in a page
                dripd.yaml:7:7: error: a page needs 'token'
                dripd.yaml:7:7: error: unknown key 'idd' in a page; did you mean 'id'?
                """#
        )
    }

    @Test(arguments: [
        ("Thôi nhé\u{200B}", "holds U+200B (zero width space), which people do not type: delete it"),
        ("\u{202A}Thôi\u{202C}", "holds U+202A (left-to-right embedding), which people do not type: delete it"),
        (
            "“Thôi nhé”",
            "begins or ends with U+201C (left double quotation mark), which YAML takes as part of the text: write \" or leave it "
                + "out"
        ),
        (
            "Thôi’",
            "begins or ends with U+2019 (right single quotation mark), which YAML takes as part of the text: write \" or leave it "
                + "out"
        ),
    ])
    func `an opt-out word is checked as a phrase of a sequence is`(word: String, problem: String) {
        #expect(
            configurationProblems("opt_out:\n  - thôi\n  - \(word)\n" + Self.messenger)
                == "dripd.yaml:3:5: error: an opt-out word \(problem)"
        )
        #expect(
            configurationProblems("opt_out: {only: [\(word)]}\n" + Self.messenger)
                == "dripd.yaml:1:18: error: an opt-out word \(problem)"
        )
    }

    @Test(arguments: ["🛑", "🙅‍♀️", "don't", "đừng “nhắn” nữa"])
    func `opt-out words as people type them`(word: String) {
        #expect(configurationProblems("opt_out: [\(word)]\n" + Self.messenger) == "")
    }

    @Test func `paths and names name what cannot be seen in them`() {
        let file = """
            state_directory: “./state”
            sequences: ./Sequences\u{200B}
            control_socket: ./run/\u{2060}socket
            control_group: ops\u{AD}
            messenger:
              app_secret: {file: ‘secrets/app_secret’}
              verify_token: {env: VERIFY\u{2060}}
              pages:
                - {id: 1, token: {credential: “token”}}
            """
        #expect(
            configurationProblems(file) == """
                dripd.yaml:1:18: error: 'state_directory' begins or ends with U+201C (left double quotation mark), which YAML \
                takes as part of the text: write " or leave it out
                dripd.yaml:2:12: error: 'sequences' holds U+200B (zero width space), which cannot be seen: delete it
                dripd.yaml:3:17: error: 'control_socket' holds U+2060 (word joiner), which cannot be seen: delete it
                dripd.yaml:4:16: error: 'control_group' holds U+00AD (soft hyphen), which cannot be seen: delete it
                dripd.yaml:6:22: error: 'file' begins or ends with U+2018 (left single quotation mark), which YAML takes as part \
                of the text: write " or leave it out
                dripd.yaml:7:23: error: 'env' holds U+2060 (word joiner), which cannot be seen: delete it
                dripd.yaml:9:35: error: 'credential' begins or ends with U+201C (left double quotation mark), which YAML takes as \
                part of the text: write " or leave it out
                """
        )
    }

    @Test func `nothing but a comment`() {
        let file = #"""
            # listen: 127.0.0.1:8787
            """#
        #expect(
            configurationProblems(file) == #"""
                dripd.yaml:1:1: error: the file is empty
                """#
        )
    }

    @Test func `a secret in the file itself is refused and not shown`() {
        let file = #"""
            messenger:
              app_secret: 0123456789abcdef
              verify_token: [x]
              pages:
                - id: 1577703145783617
                  token: EAAB
                - id: 2
                  token: {file: a, env: B}
                - id: 3
                  token: {value: x}
                - id: 4
                  token: {credential: ../x}
                - id: 5
                  token: {}
                - id: 6
                  token:
            """#
        #expect(
            configurationProblems(file) == #"""
                dripd.yaml:2:15: error: a secret must not be in this file: write {file: secrets/app_secret}, {credential: app_secret} or {env: APP_SECRET}
                dripd.yaml:3:17: error: a secret must not be in this file: write {file: secrets/verify_token}, {credential: verify_token} or {env: VERIFY_TOKEN}
                dripd.yaml:6:14: error: a secret must not be in this file: write {file: secrets/token}, {credential: token} or {env: TOKEN}
                dripd.yaml:8:14: error: a secret comes from one place: write {file: secrets/token}, {credential: token} or {env: TOKEN}
                dripd.yaml:10:15: error: unknown key 'value' in a secret
                dripd.yaml:12:27: error: '../x' is not a credential's name: use NAME of LoadCredential=NAME:PATH, without '/'
                dripd.yaml:14:14: error: a secret comes from one place: write {file: secrets/token}, {credential: token} or {env: TOKEN}
                dripd.yaml:16:7: error: 'token' is empty
                """#
        )
    }

    @Test func `pages that cannot be`() {
        let file = #"""
            messenger:
              app_secret: {env: A}
              verify_token: {env: B}
              pages:
                - {id: my page, token: {env: C}}
                - {id: 1577703145783617, token: {env: C}}
                - {id: "1577703145783617", token: {env: D}}
                - 1577703145783617
            """#
        #expect(
            configurationProblems(file) == #"""
                dripd.yaml:5:12: error: 'my page' is not a page's id: that is a number, such as "1577703145783617"
                dripd.yaml:7:12: error: duplicate page 1577703145783617; the first is on line 6
                dripd.yaml:8:7: error: a page must be a mapping ('key: value'), not a text
                """#
        )
    }

    @Test func `no page`() {
        let file = #"""
            messenger:
              app_secret: {env: A}
              verify_token: {env: B}
              pages:
                []
            """#
        #expect(
            configurationProblems(file) == #"""
                dripd.yaml:5:5: error: 'pages' is empty
                """#
        )
    }

    @Test func `rates that are too high, too low or none`() {
        let file = #"""
            messenger:
              app_secret: {env: A}
              verify_token: {env: B}
              pages:
                - {id: 1, token: {env: C}, rate: 41/s}
                - {id: 2, token: {env: C}, rate: 0/s}
                - {id: 3, token: {env: C}, rate: 10}
                - {id: 4, token: {env: C}, rate: 10/min}
                - {id: 5, token: {env: C}, rate: 1.5/s}
                - {id: 6, token: {env: C}, rate: -1/s}
                - {id: 7, token: {env: C}, rate: many}
                - {id: 8, token: {env: C}, persona: Lan}
                - {id: 9, token: {env: C}, one_time: maybe, marketing: {ad_account: x, campaign: "a b", token: y}}
            """#
        #expect(
            configurationProblems(file) == #"""
                dripd.yaml:5:38: error: '41/s' is over 40/s, above which the platform freezes the page's inbox
                dripd.yaml:6:38: error: '0/s' would never send anything: the minimum is 1/s
                dripd.yaml:7:38: error: '10' has no unit; did you mean '10/s'?
                dripd.yaml:8:38: error: '10/min' is not a rate: write whole messages a second, such as '10/s'
                dripd.yaml:9:38: error: '1.5/s' is not a rate: write whole messages a second, such as '10/s'
                dripd.yaml:10:38: error: '-1/s' is not a rate: write whole messages a second, such as '10/s'
                dripd.yaml:11:38: error: 'many' is not a rate: write whole messages a second, such as '10/s'
                dripd.yaml:12:41: error: 'Lan' is not a persona's id: use the number that the platform gave it
                dripd.yaml:13:42: error: 'maybe' is neither true nor false
                dripd.yaml:13:73: error: 'x' is not an ad account: that is a number, with or without 'act_'
                dripd.yaml:13:86: error: 'a b' is not a campaign's message_id
                dripd.yaml:13:100: error: a secret must not be in this file: write {file: secrets/token}, {credential: token} or {env: TOKEN}
                """#
        )
    }

    @Test func `a rate that not even a test server takes`() {
        let file = #"""
            messenger:
              graph_url: http://127.0.0.1:9000
              app_secret: {env: A}
              verify_token: {env: B}
              pages:
                - {id: 1, token: {env: C}, rate: 100001/s}
            """#
        #expect(
            configurationProblems(file) == #"""
                dripd.yaml:6:38: error: '100001/s' is over 100000/s, the maximum
                """#
        )
    }

    @Test func `an address without a port`() {
        let file = #"""
            listen: localhost
            messenger:
              app_secret: {file: secrets/app_secret}
              verify_token: {file: secrets/verify_token}
              pages:
                - id: "1577703145783617"
                  token: {file: secrets/page_token}
            """#
        #expect(
            configurationProblems(file) == #"""
                dripd.yaml:1:9: error: 'localhost' is not a host and a port; did you mean 'localhost:8787'?
                """#
        )
    }

    @Test func `a port without an address`() {
        let file = #"""
            listen: 8787
            messenger:
              app_secret: {file: secrets/app_secret}
              verify_token: {file: secrets/verify_token}
              pages:
                - id: "1577703145783617"
                  token: {file: secrets/page_token}
            """#
        #expect(
            configurationProblems(file) == #"""
                dripd.yaml:1:9: error: '8787' is not a host and a port; did you mean '127.0.0.1:8787'?
                """#
        )
    }

    @Test func `a port behind nothing`() {
        let file = #"""
            listen: ":8787"
            messenger:
              app_secret: {file: secrets/app_secret}
              verify_token: {file: secrets/verify_token}
              pages:
                - id: "1577703145783617"
                  token: {file: secrets/page_token}
            """#
        #expect(
            configurationProblems(file) == #"""
                dripd.yaml:1:9: error: ':8787' has no host; did you mean '127.0.0.1:8787'?
                """#
        )
    }

    @Test func `a port that there is not`() {
        let file = #"""
            listen: 127.0.0.1:65536
            messenger:
              app_secret: {file: secrets/app_secret}
              verify_token: {file: secrets/verify_token}
              pages:
                - id: "1577703145783617"
                  token: {file: secrets/page_token}
            """#
        #expect(
            configurationProblems(file) == #"""
                dripd.yaml:1:9: error: '65536' is not a port: use 0 to 65535
                """#
        )
    }

    @Test func `an IPv6 address without brackets`() {
        let file = #"""
            listen: ::1:8787
            messenger:
              app_secret: {file: secrets/app_secret}
              verify_token: {file: secrets/verify_token}
              pages:
                - id: "1577703145783617"
                  token: {file: secrets/page_token}
            """#
        #expect(
            configurationProblems(file) == #"""
                dripd.yaml:1:9: error: an IPv6 address must be in brackets; did you mean '[::1]:8787'?
                """#
        )
    }

    @Test func `a token does not go over the network in the clear`() {
        let file = #"""
            listen: 127.0.0.1:8787
            messenger:
              graph_url: http://graph.facebook.com/v25.0
              app_secret: {file: secrets/app_secret}
              verify_token: {file: secrets/verify_token}
              pages:
                - id: "1577703145783617"
                  token: {file: secrets/page_token}
            """#
        #expect(
            configurationProblems(file) == #"""
                dripd.yaml:3:14: error: 'graph_url' must begin with https:// unless its host is this machine: the page's token is sent there; did you mean 'https://graph.facebook.com/v25.0'?
                """#
        )
    }

    @Test func `a name that only looks like this machine`() {
        let file = #"""
            listen: 127.0.0.1:8787
            messenger:
              graph_url: http://127.0.0.1.example.com
              app_secret: {file: secrets/app_secret}
              verify_token: {file: secrets/verify_token}
              pages:
                - id: "1577703145783617"
                  token: {file: secrets/page_token}
            """#
        #expect(
            configurationProblems(file) == #"""
                dripd.yaml:3:14: error: 'graph_url' must begin with https:// unless its host is this machine: the page's token is sent there; did you mean 'https://127.0.0.1.example.com'?
                """#
        )
    }

    @Test func `an address of the Graph API with more than a path`() {
        let file = #"""
            listen: 127.0.0.1:8787
            messenger:
              graph_url: https://graph.facebook.com/?a=b
              app_secret: {file: secrets/app_secret}
              verify_token: {file: secrets/verify_token}
              pages:
                - id: "1577703145783617"
                  token: {file: secrets/page_token}
            """#
        #expect(
            configurationProblems(file) == #"""
                dripd.yaml:3:14: error: 'graph_url' is a scheme, a host and a path, without '?', '#' and '@'
                """#
        )
    }

    @Test func `values of the wrong kind`() {
        let file = #"""
            listen: [127.0.0.1]
            state_directory: {a: b}
            timezone: Asia/Bangkokk
            concurrency: 0
            sequences:
            messenger: yes
            """#
        #expect(
            configurationProblems(file) == #"""
                dripd.yaml:1:9: error: 'listen' must be a text, not a list
                dripd.yaml:2:18: error: 'state_directory' must be a text, not a mapping
                dripd.yaml:3:11: error: unknown time zone 'Asia/Bangkokk': write a region and a city; did you mean 'Asia/Bangkok'?
                dripd.yaml:4:14: error: '0' is not a number of requests: use 1 to 1000
                dripd.yaml:5:1: error: 'sequences' is empty
                dripd.yaml:6:12: error: 'messenger' must be a mapping ('key: value'), not a text
                """#
        )
    }

    private static let messenger = """
        messenger: {app_secret: {file: secrets/a}, verify_token: {env: B}, pages: [{id: 1, token: {env: C}}]}
        """

    @Test(arguments: ["state_directory", "control_socket", "sequences"])
    func `a home that only a shell would put in`(key: String) {
        #expect(
            configurationProblems("\(key): ~/shop\n\(Self.messenger)")
                == "dripd.yaml:1:\(key.count + 3): error: '~/shop': only a shell expands '~': write the full path"
        )
    }

    @Test func `a group that could not reach the socket`() {
        #expect(
            configurationProblems("control_group: ops\n\(Self.messenger)")
                == "dripd.yaml:1:16: error: the control socket is in the state directory, which only the daemon's user may enter: "
                + "set 'control_socket' to a path that the group 'ops' can reach"
        )
        #expect(configurationProblems("control_group: ops\ncontrol_socket: /run/shop.sock\n\(Self.messenger)") == "")
    }

    @Test func `an address that is every interface, and one that is none`() {
        #expect(
            configurationProblems("listen: \"*:8787\"\n\(Self.messenger)")
                == "dripd.yaml:1:9: warning: other machines can reach *:8787, and dripd speaks no TLS: put a TLS proxy in "
                + "front of it that forwards only /webhooks/messenger, and block all other clients (everyone who reaches the port "
                + "can read /metrics)"
        )
        #expect(
            configurationProblems("listen: \"*.example.com:8787\"\n\(Self.messenger)")
                == "dripd.yaml:1:9: error: '*.example.com' is not a host: write it like '127.0.0.1:8787' or '[::1]:8787', or "
                + "'*:8787' for every interface"
        )
    }

    @Test func `a socket whose path is longer than the system takes`() {
        let file = #"""
            control_socket: ssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss
            listen: 127.0.0.1:8787
            messenger:
              app_secret: {file: secrets/app_secret}
              verify_token: {file: secrets/verify_token}
              pages:
                - id: "1577703145783617"
                  token: {file: secrets/page_token}
            """#
        #expect(
            configurationProblems(file) == #"""
                dripd.yaml:1:17: error: the control socket's path, './ssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss', has 122 bytes: the system takes 107; set a shorter 'control_socket'
                """#
        )
    }
}
