import Foundation

/// A folder with a configuration and a sequence, and the daemon that uses it.
final class Shop {
    static let sequence = """
        sequence: bench
        title: Chăm sóc khách mới
        start: [first_message]
        steps:
          - step: chao
            after: 15 min
            text: |
              {{Chào|Xin chào|Dạ chào}} {{full_name, default: "bạn"}}, {{cảm ơn bạn đã nhắn tin|rất vui được gặp bạn}}!
              Bạn cần tư vấn gì thêm không ạ?
          - {step: toi, after: 20 h, text: "{{full_name, default: \\"Bạn\\"}} ơi, shop đây ạ."}
          - {step: thang-1, after: 1 month, text: "Lâu rồi không gặp {{full_name, default: \\"bạn\\"}}!"}

        """

    let folder: String
    let program: String
    let port: Int
    let pages: Int
    private(set) var daemon: Tool?
    private let notices: Notices

    init(in folder: String, program: String, graphURL: String, port: Int, pages: Int, concurrency: Int) throws {
        self.folder = folder
        self.program = program
        self.port = port
        self.pages = pages
        for name in ["Sequences", "secrets"] {
            try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: true)
        }
        let list = (0..<pages).map { "    - {id: \"\(1_000_000_000 + $0)\", token: {file: secrets/token}, rate: 40/s}" }
        let files = [
            "Sequences/bench.yaml": Self.sequence, "secrets/token": "token", "secrets/app_secret": "app-secret",
            "secrets/verify_token": "verify-token",
            "dripd.yaml": """
            listen: 127.0.0.1:\(port)
            concurrency: \(concurrency)
            messenger:
              graph_url: \(graphURL)
              app_secret: {file: secrets/app_secret}
              verify_token: {file: secrets/verify_token}
              profile_fields: none
              pages:
            \(list.joined(separator: "\n"))

            """,
        ]
        for (name, content) in files {
            try Data(content.utf8).write(to: URL(filePath: folder + "/" + name))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder + "/" + name)
        }
        notices = try Notices(folder + "/notify")
        // The first start creates the database's tables.
        _ = try start()
        end()
    }

    var database: Database { get throws { try Database(folder + "/state/dripd.db") } }

    var databaseBytes: Int64 {
        ["dripd.db", "dripd.db-wal"].reduce(0) { sum, file in
            let attributes = try? FileManager.default.attributesOfItem(atPath: folder + "/state/" + file)
            return sum + ((attributes?[.size] as? Int64) ?? 0)
        }
    }

    /// Starts the daemon.
    /// - Returns: seconds from exec to READY.
    func start() throws -> Double {
        let began = seconds()
        daemon = try Tool(
            program,
            ["run", "--config", folder + "/dripd.yaml", "--log-level", "warning"],
            environment: ["NOTIFY_SOCKET": folder + "/notify", "PATH": "/usr/bin:/bin"],
            log: folder + "/dripd.log"
        )
        return try notices.ready(since: began) {
            if daemon?.process.isRunning ?? false { return }
            let log = (try? String(contentsOfFile: folder + "/dripd.log", encoding: .utf8)) ?? ""
            throw Tool.Failure(description: "dripd did not start: \(log)")
        }
    }

    var usage: Usage { get throws { try Usage(of: daemon?.process.processIdentifier ?? 0) } }

    func waitUntilSent(_ messages: Int) throws {
        let database = try database
        try waitUntil("all messages are sent") {
            try database.number("SELECT value FROM tally WHERE name = 'sent'") >= Int64(messages)
        }
    }

    func end() {
        daemon?.end()
        daemon = nil
    }

    func ask(_ arguments: String...) throws -> String { try ask(arguments) }

    func ask(_ arguments: [String]) throws -> String {
        try Tool(program, arguments + ["--config", folder + "/dripd.yaml"]).text()
    }

    /// Changes the time of the last step in the file, without applying it.
    func edit(_ after: String) throws {
        let edited = Self.sequence.replacing("after: 1 month", with: after)
        try Data(edited.utf8).write(to: URL(filePath: folder + "/Sequences/bench.yaml"))
    }

    func metrics() throws -> String {
        try Tool.run("/usr/bin/curl", "-sf", "http://127.0.0.1:\(port)/metrics")
    }
}
