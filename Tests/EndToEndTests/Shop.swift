import Channels
import ChildProcesses
import DripCore
import DripEngine
import Foundation
import Logging
import MessengerSandbox
import Synchronization
import TestSupport

/// A shop for one test: a folder with a configuration, the sandbox in place of the platform, and the real daemon, which
/// can be killed and started again.
final class Shop: Sendable {
    static let page = "1577703145783617"

    let directory: TemporaryDirectory
    let sandbox: Sandbox
    let clock: SystemClock
    private let server: Task<Void, any Error>
    private let daemon = Mutex<ChildProcess?>(nil)
    private let notified = Mutex<[NotifySocket]>([])
    let port: Int
    /// Where the sandbox answers.
    let graphURL: String

    struct NotReady: Error {
        let log: String
    }

    let controlSocket: String

    var folder: String { directory.path }
    var configuration: String { folder + "/dripd.yaml" }

    /// - Parameters:
    ///   - sequences: their contents, by file name.
    ///   - scale: how fast the daemon's and the sandbox's clock runs.
    ///   - profileFields: what the platform is asked of a person; on a fast clock its answer may come too late for the
    ///     first message.
    ///   - controlSocket: where the configuration puts it; nil if it names none.
    init(
        sequences: [String: String],
        scale: Int64,
        profileFields: String = "none",
        controlSocket: String? = nil
    ) async throws {
        directory = try TemporaryDirectory()
        self.controlSocket = controlSocket ?? directory.path + "/state/control.sock"
        clock = SystemClock(scale: scale, epoch: SystemClock.realNow())
        // The port is asked for before the daemon binds it: for webhooks the sandbox must know it first.
        port = try FreePort.any()
        let transport = try CurlTransport(userAgent: "dripd-test")
        let settings = SandboxConfiguration(
            pageID: Self.page,
            pageName: "Shop",
            appSecret: "app-secret",
            pageToken: "page-token",
            webhookURL: "http://127.0.0.1:\(port)/webhooks/messenger",
            host: "127.0.0.1",
            port: 0
        )
        let quiet = Logger(label: "sandbox", factory: { _ in SwiftLogNoOpLogHandler() })
        let sandbox = try Sandbox(
            configuration: settings,
            run: .random(in: .min ... .max),
            now: { [clock] in clock.now().milliseconds },
            post: { url, headers, body in
                try await transport.send(
                    HTTPRequest(method: .post, url: url, headers: headers.map { HTTPHeader($0.0, $0.1) }, body: body)
                ).status
            },
            logger: quiet
        )
        self.sandbox = sandbox
        let (bound, announce) = AsyncStream.makeStream(of: Int.self)
        server = Task { try await SandboxApplication(sandbox: sandbox, logger: quiet) { announce.yield($0) }.run() }
        var sandboxPort = 0
        for await port in bound {
            sandboxPort = port
            break
        }
        graphURL = "http://127.0.0.1:\(sandboxPort)/v25.0"
        try write(sequences: sequences, profileFields: profileFields)
    }

    deinit {
        server.cancel()
        daemon.withLock { $0?.signal(SIGKILL) }
    }

    /// Starts the daemon, and returns when it told its service manager that it is ready.
    /// - Parameter launcher: a program that becomes the daemon, and its arguments.
    func start(
        _ options: String...,
        environment: [String: String] = [:],
        by launcher: [String] = []
    ) async throws {
        let (socket, process) = try begin(options, environment, by: launcher)
        if await !isReady(process, by: socket) { throw NotReady(log: self.log) }
    }

    /// Starts the daemon, and waits for nothing.
    func launch(environment: [String: String] = [:]) throws {
        _ = try begin([], environment, by: [])
    }

    /// Starts a daemon that refuses to.
    /// - Returns: its exit status; nil if it did start, or a signal ended it.
    func refusal(by launcher: [String] = []) async throws -> Int32? {
        let (socket, process) = try begin([], [:], by: launcher)
        if await isReady(process, by: socket) {
            await end(SIGKILL)
            return nil
        }
        if case .status(let status) = await process.exit { return status }
        return nil
    }

    /// - Returns: false: it ended before it was.
    private func isReady(_ process: ChildProcess, by socket: NotifySocket) async -> Bool {
        // A stream, and not its exit: who no longer waits for that ends it.
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        process.whenEnded { _ in end.finish() }
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await message in socket.messages where message.hasPrefix("READY=1") { return true }
                return false
            }
            group.addTask {
                for await _ in ends {}
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    private func begin(
        _ options: [String],
        _ environment: [String: String],
        by launcher: [String]
    ) throws -> (NotifySocket, ChildProcess) {
        let socket = try NotifySocket(path: folder + "/notify-\(UInt32.random(in: 0 ... .max))")
        let log = folder + "/log"
        let time =
            clock.scale == 1
            ? [] : ["--time-scale", "\(clock.scale)", "--time-epoch", "\(clock.epoch.milliseconds)"]
        let command = launcher + [Program.url.path, "run", "--config", configuration] + time + options
        let process = try ChildProcess(
            command[0],
            Array(command.dropFirst()),
            environment: environment.merging(["NOTIFY_SOCKET": socket.path, "PATH": "/usr/bin:/bin"]) { _, last in last
            },
            output: log,
            errors: log
        )
        daemon.withLock { $0 = process }
        notified.withLock { $0.append(socket) }
        return (socket, process)
    }

    /// Of the running daemon, as it says in its lock.
    var processID: Int32 {
        get throws {
            let owner = try String(contentsOfFile: folder + "/state/dripd.lock", encoding: .utf8)
            guard let number = Int32(owner.trimmingCharacters(in: .whitespacesAndNewlines)) else {
                throw NotReady(log: log)
            }
            return number
        }
    }

    var threadNames: [String] {
        get throws {
            let folder = "/proc/\(try processID)/task"
            // One may end while they are looked at.
            return try FileManager.default.contentsOfDirectory(atPath: folder)
                .compactMap { try? String(contentsOfFile: "\(folder)/\($0)/comm", encoding: .utf8) }
                .map { $0.trimmingCharacters(in: .newlines) }
        }
    }

    /// Waits until the daemon has a thread of this name, or the test's time is over. The kernel reports no new threads, so it asks.
    func hasThread(_ name: String) async throws {
        while try !threadNames.contains(name) { try await Task.sleep(for: .milliseconds(10)) }
    }

    /// When the daemon fed the watchdog, if it was started with `WATCHDOG_USEC`.
    var watchdogBeats: [ContinuousClock.Instant] { notified.withLock { $0.flatMap(\.watchdogBeats) } }

    var log: String {
        (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? ""
    }

    /// Waits until the log has it, or the test's time is over.
    func says(_ text: String) async throws {
        while !log.contains(text) {
            // A loop without a pause would take the processor from the daemon.
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Ends the daemon with a signal, and waits until it is gone.
    /// - Returns: its exit status; nil if the signal ended it.
    @discardableResult
    func end(_ signal: Int32) async -> Int32? {
        guard let process = daemon.withLock({ $0 }) else { return nil }
        process.signal(signal)
        if case .status(let status) = await process.exit { return status }
        return nil
    }

    /// The page is told of these things alone from now on.
    func subscribe(to fields: String) async throws {
        let url = "\(graphURL)/me/subscribed_apps?subscribed_fields=\(fields)&access_token=page-token"
        let transport = try CurlTransport(userAgent: "dripd-test")
        let response = try await transport.send(HTTPRequest(method: .post, url: url))
        guard response.status == 200 else { throw NotReady(log: String(decoding: response.body, as: UTF8.self)) }
    }

    /// Gives the running daemon less, or more again: "nofile=8:" is its soft limit of open files.
    func limit(_ resource: String) async throws {
        let log = folder + "/prlimit"
        let limiter = try ChildProcess(
            "/usr/bin/prlimit",
            ["--pid", "\(try processID)", "--\(resource)"],
            output: log,
            errors: log
        )
        guard await limiter.exit == .status(0) else {
            throw NotReady(log: try String(contentsOfFile: log, encoding: .utf8))
        }
    }

    func hangUp() {
        daemon.withLock { $0?.signal(SIGHUP) }
    }

    /// Asks the daemon what it tells whoever watches it. Throws once the test's time is over.
    func get(_ path: String) async throws -> HTTPResponse {
        try Task.checkCancellation()
        let transport = try CurlTransport(userAgent: "dripd-test")
        let response = try await transport.send(HTTPRequest(method: .get, url: "http://127.0.0.1:\(port)\(path)"))
        await transport.shutdown()
        return response
    }

    /// Posts what comes from anywhere, without a signature.
    func post(_ body: String, to path: String) async throws -> HTTPResponse {
        let transport = try CurlTransport(userAgent: "dripd-test")
        let request = HTTPRequest.postJSON(Array(body.utf8), to: "http://127.0.0.1:\(port)\(path)")
        let response = try await transport.send(request)
        await transport.shutdown()
        return response
    }

    /// Asks the daemon by its command line.
    func ask<Answer: Decodable>(_ arguments: String..., as: Answer.Type = Answer.self) async throws -> Answer {
        let command = arguments + ["--json", "--control-socket", controlSocket]
        let result = try await Program.run(command)
        return try JSONDecoder().decode(Answer.self, from: Data(result.output.utf8))
    }

    private func write(sequences: [String: String], profileFields: String) throws {
        for name in ["Sequences", "secrets"] {
            try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: false)
        }
        for (name, content) in sequences { try write(content, to: "Sequences/" + name) }
        for (name, content) in [
            ("app_secret", "app-secret"), ("verify_token", "verify-token"), ("page_token", "page-token"),
        ] {
            try write(content, to: "secrets/" + name)
        }
        try write(
            """
            listen: 127.0.0.1:\(port)
            messages_per_person_per_day: none
            messenger:
              graph_url: \(graphURL)
              app_secret: {file: secrets/app_secret}
              verify_token: {file: secrets/verify_token}
              profile_fields: \(profileFields)
              pages: [{id: "\(Self.page)", token: {file: secrets/page_token}}]

            """,
            to: "dripd.yaml"
        )
    }

    func write(_ content: String, to name: String, mode: Int = 0o600) throws {
        let path = folder + "/" + name
        try Data(content.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }
}
