import ArgumentParser
import ControlAPI
import DripCore
import Foundation
import SequenceFiles

struct Sync: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find the people who wrote to the page before dripd was installed.",
        discussion: """
            The sync reads the page's conversations, newest first. It records each person, the time of their last message, and \
            a phone number or email address that they left. It sends no messages unless you give --enroll. The daemon does the \
            work: you may interrupt this command and run it again to watch. After a restart, the sync continues from its \
            checkpoint.

            At each start, the daemon also reads what people wrote while it was down. That needs no command.
            """
    )

    @OptionGroup var control: ControlOptions

    @Option(help: "Sync only this page. Default: every page of the configuration.", completion: Completions.pages)
    var page: String?

    @Option(
        help: ArgumentHelp(
            "Enroll them in this sequence, from now on, unless they have been in it.",
            valueName: "sequence"
        ),
        completion: Completions.sequences
    )
    var enroll: String?

    @Option(
        help: ArgumentHelp(
            "With --enroll: only people who wrote within this time, such as 30d or '30 days'.",
            valueName: "time"
        ),
        transform: Self.span
    )
    var since: Milliseconds?

    @Flag(help: "Start the sync, and do not wait for its end.")
    var noWait = false

    @Flag(help: "Start nothing. Show the progress of the latest sync.")
    var status = false

    @Flag(help: "Print JSON at the end.")
    var json = false

    func validate() throws {
        if since != nil, enroll == nil { throw ValidationError("--since needs --enroll") }
        if status, enroll != nil || page != nil {
            throw ValidationError("--status cannot be combined with --enroll or --page")
        }
    }

    func run() async throws {
        let client = try control.client
        if !status {
            let body = SyncBody(page: page, sequence: enroll, wroteWithin: since)
            let _: [SyncProgress] = try await client.post("/sync", body)
        }
        var syncs: [SyncProgress] = try await client.get("/sync")
        let display = SyncDisplay(isShown: !json, zone: try await ControlOptions.zone(client))
        while !status, !noWait, syncs.contains(where: { $0.endedAt == nil }) {
            try display.show(syncs)
            try await Task.sleep(for: .seconds(1))
            syncs = try await client.get("/sync")
        }
        try display.clear()
        if json {
            try JSONOutput.print(syncs)
        } else {
            try Output.standard.lines(
                syncs.isEmpty ? ["no sync has run yet: `dripd sync` starts one"] : display.lines(syncs)
            )
        }
        if syncs.contains(where: { $0.endedAt != nil && $0.trouble != nil }) { throw ExitCode.failure }
    }

    @Sendable private static func span(_ text: String) throws -> Milliseconds {
        do {
            return try CommandLineParser.span(text)
        } catch {
            throw ValidationError("--since: \(ErrorDescription.words(error))")
        }
    }
}

/// The progress of syncs, as the command shows it.
struct SyncDisplay {
    /// Whether progress is shown on a terminal.
    let isShown: Bool
    let zone: TimeZone

    /// Shows how far back each sync has come, because the platform does not tell the number of conversations.
    func show(_ syncs: [SyncProgress]) throws {
        guard isShown else { return }
        try Output.standard.progress(syncs.filter { $0.endedAt == nil }.map(line).joined(separator: "; "))
    }

    func clear() throws {
        if isShown { try Output.standard.endProgress() }
    }

    func lines(_ syncs: [SyncProgress]) -> [String] {
        syncs.map(line)
    }

    private func line(_ sync: SyncProgress) -> String {
        var pieces = ["\(sync.conversations) \(sync.conversations == 1 ? "conversation" : "conversations")"]
        pieces.append("\(sync.people) new \(sync.people == 1 ? "person" : "people")")
        if let sequence = sync.request.sequence { pieces.append("\(sync.enrolled) enrolled in \(sequence)") }
        let reached = sync.reached.map { ", back to \(LocalTime.text($0, zone).prefix(10))" } ?? ""
        let state =
            switch (sync.endedAt, sync.trouble) {
            case (nil, nil): " so far\(reached)"
            case (nil, let why?): " so far\(reached); waits: \(why)"
            case (_, nil): "\(reached); done"
            case (_, let why?): "\(reached); ended early: \(why)"
            }
        return "page \(sync.page): " + pieces.joined(separator: ", ") + state
    }
}
