import Channels
import DripCore
import DripEngine
import Foundation
import Logging
import MessengerSandbox
import SequenceFiles
import UnixSignals

/// One run of the demo, from start to end.
struct DemoRun {
    private let folder: DemoFolder
    private let hasColour: Bool
    private let clock: SystemClock
    private let catalog: Catalog
    private let transport: CurlTransport

    /// Why the demo ended.
    private enum End {
        case interrupted
        case complete
        case overdue
        case daemonEnded(Int32)
    }

    /// - Parameter duration: the length of the month in real seconds.
    init(folder: DemoFolder, duration: Int, hasColour: Bool) throws {
        self.folder = folder
        self.hasColour = hasColour
        clock = SystemClock(scale: Int64(32 * 86_400 / duration), epoch: SystemClock.realNow())
        let zone = TimeZone(identifier: "Asia/Ho_Chi_Minh") ?? .gmt
        let channels = [
            ConfiguredChannel(rules: .messenger, accounts: [folder.page]),
            ConfiguredChannel(rules: .email, accounts: [DemoFolder.mailAccount]),
        ]
        let loaded = SequenceFolder.load(
            paths: [folder.path + "/Sequences"],
            defaultZone: zone,
            settings: CatalogSettings(channels: channels)
        )
        guard let catalog = loaded.catalog else {
            let problems = loaded.diagnostics.filter { $0.severity == .error }.map(\.description)
            throw Failure("the sequence files have errors; fix them first:\n\(problems.joined(separator: "\n"))")
        }
        guard catalog.sequences.values.contains(where: { $0.start.contains(.firstMessage) }) else {
            throw Failure("no sequence starts with 'first_message', so there is nothing to show")
        }
        self.catalog = catalog
        transport = try CurlTransport(userAgent: "dripd-demo/\(Version.text)")
    }

    /// - Returns: whether every expected message arrived exactly once.
    func run(exitWhenDone: Bool) async throws -> Bool {
        // From here on, a signal ends the demo cleanly.
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let sandboxPort = try FreePort.near(8788)
        try folder.writeConfiguration(sandboxPort: sandboxPort)
        let sandbox = try makeSandbox(port: sandboxPort)
        let (running, announce) = AsyncStream.makeStream(of: Int.self)
        let server = Task {
            try await SandboxApplication(sandbox: sandbox, logger: quiet) { announce.yield($0) }.run()
        }
        defer { server.cancel() }
        for await _ in running { break }
        let daemon = try DaemonProcess(folder: folder, clock: clock)
        guard await isReady(daemon) else {
            let status = await daemon.stop() ?? 0
            throw Failure("the daemon did not start (exit status \(status)):\n\(daemon.lastWords)")
        }
        let script = DemoScript(catalog: catalog, start: clock.now())
        let display = DemoDisplay(script: script, zone: catalog.zone, hasColour: hasColour)
        let tally = DemoTally(script.expected)
        greet(display, script, sandboxPort: sandboxPort, exitWhenDone: exitWhenDone)

        let end = await play(script, sandbox, display, tally, daemon, signals, exitWhenDone: exitWhenDone)
        display.endProgress()
        let status: Int32
        if case .daemonEnded(let code) = end { status = code } else { status = await daemon.stop() ?? 0 }
        let isGood = report(end, status: status, tally, script, display, daemon)
        try display.check()
        return isGood
    }

    private func makeSandbox(port: Int) throws -> Sandbox {
        var configuration = SandboxConfiguration(
            pageID: folder.page,
            pageName: "Shop",
            appSecret: folder.appSecret,
            pageToken: folder.pageToken,
            webhookURL: "http://127.0.0.1:\(folder.daemonPort)/webhooks/messenger",
            host: "127.0.0.1",
            port: port
        )
        configuration.mail = MailConfiguration(host: "127.0.0.1", port: folder.mailPort)
        return try Sandbox(
            configuration: configuration,
            run: .random(in: .min ... .max),
            now: { [clock] in clock.now().milliseconds },
            post: WebhookPost(transport: transport).callAsFunction,
            logger: quiet
        )
    }

    private var quiet: Logger { Logger(label: "sandbox", factory: { _ in SwiftLogNoOpLogHandler() }) }

    private func isReady(_ daemon: DaemonProcess) async -> Bool {
        let request = HTTPRequest(method: .get, url: "http://127.0.0.1:\(folder.daemonPort)/readyz")
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                _ = await daemon.exited()
                return false
            }
            group.addTask {
                for _ in 0..<600 {
                    if let answer = try? await transport.send(request), answer.status == 200 { return true }
                    guard (try? await Task.sleep(for: .milliseconds(50))) != nil else { return false }
                }
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    private func greet(_ display: DemoDisplay, _ script: DemoScript, sandboxPort: Int, exitWhenDone: Bool) {
        let binary = CommandLine.arguments[0]
        display.paragraph(
            """
            A month of care, \(clock.scale.formatted(.number.grouping(.automatic))) times as fast: \
            three people write to the page, and dripd sends them the messages of the sequences.\
            \(script.mailbox == nil ? "" : "\n\(script.people[2]) leaves an e-mail address and is silent from then on.")
            Nothing leaves this machine.

              chat page  http://127.0.0.1:\(sandboxPort)/  (write as a customer yourself)
              mailboxes  http://127.0.0.1:\(sandboxPort)/mail
              daemon     http://127.0.0.1:\(folder.daemonPort)/metrics
              state      \(folder.path)/state
              log        \(folder.log)
              status     \(binary) status --config \(folder.configuration)
            \(exitWhenDone ? "" : "\nPress Ctrl-C to end the demo and remove its files.\n")
            """
        )
    }

    /// Runs customers, daemon and display until one of them ends the demo.
    private func play(
        _ script: DemoScript,
        _ sandbox: Sandbox,
        _ display: DemoDisplay,
        _ tally: DemoTally,
        _ daemon: DaemonProcess,
        _ signals: UnixSignalsSequence,
        exitWhenDone: Bool
    ) async -> End {
        let people = DemoPeople(
            script: script,
            sandbox: sandbox,
            display: display,
            tally: tally,
            clock: clock,
            controlSocket: folder.controlSocket
        )
        return await withTaskGroup(of: End?.self) { group in
            group.addTask {
                for await _ in signals { return .interrupted }
                return nil
            }
            group.addTask { await daemon.exited().map(End.daemonEnded) }
            group.addTask {
                await people.write()
                return nil
            }
            group.addTask {
                await people.receive()
                return nil
            }
            group.addTask {
                await people.receiveMail()
                return nil
            }
            group.addTask {
                let isComplete = await people.watch()
                guard !Task.isCancelled else { return nil }
                if display.isClosed { return .interrupted }
                if exitWhenDone { return isComplete ? .complete : .overdue }
                display.endProgress()
                display.paragraph(
                    isComplete
                        ? "\nThe month is over: every message arrived exactly once. The chat page still works; Ctrl-C ends it."
                        : "\nThe month is over, but not every message arrived exactly once. Press Ctrl-C to see which."
                )
                return nil
            }
            for await end in group {
                guard let end else { continue }
                group.cancelAll()
                return end
            }
            return .interrupted
        }
    }

    private func mailed(_ script: DemoScript) -> String {
        let count = script.expected.count(where: \.isMail)
        return count == 0 ? "" : ", \(count) of them by e-mail"
    }

    private func report(
        _ end: End,
        status: Int32,
        _ tally: DemoTally,
        _ script: DemoScript,
        _ display: DemoDisplay,
        _ daemon: DaemonProcess
    ) -> Bool {
        if case .daemonEnded = end {
            display.paragraph("The daemon exited unexpectedly (exit status \(status)):\n\(daemon.lastWords)")
            return false
        }
        let faults = tally.faults(people: script.people)
        if faults.isEmpty {
            display.paragraph(
                "\(script.expected.count) messages for \(script.people.count) people\(mailed(script)): each arrived exactly once."
            )
        } else if case .interrupted = end {
            // Interrupted before the end of the month: missing messages are no error.
            return true
        } else {
            display.paragraph(
                "Not every message arrived exactly once:\n  \(faults.joined(separator: "\n  "))\n\(daemon.lastWords)"
            )
        }
        if status != 0 { display.paragraph("The daemon exited with status \(status).") }
        return faults.isEmpty && status == 0
    }
}
