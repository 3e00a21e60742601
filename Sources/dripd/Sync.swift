import ArgumentParser
import DripCore
import DripStore
import Foundation
import SequenceFiles
import WebServer

struct Sync: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find the people who wrote to the page before dripd was there.",
        discussion: """
            Walks through the page's conversations, from the latest to the oldest, and keeps who wrote, when last, and the \
            phone number or address that they left. Nobody gets a message by it, unless --enroll says so. The daemon does the \
            walking: this command may be interrupted, and begun again to look on. It goes on from where it is after a restart.

            What somebody wrote while the daemon was down, it finds by itself at its next start.
            """
    )

    @OptionGroup var control: ControlOptions

    @Option(help: "Only this page. Default: every page of the configuration.")
    var page: String?

    @Option(help: ArgumentHelp("Enrol them, from now on, unless they have been in it.", valueName: "sequence"))
    var enroll: String?

    @Option(
        help: ArgumentHelp("With --enroll: only who wrote in this time, such as 30d or '30 days'.", valueName: "time"),
        transform: Self.span
    )
    var since: Span?

    @Flag(help: "Begin, and do not wait for the end.")
    var noWait = false

    @Flag(help: "Begin nothing: say how far the latest walk is.")
    var status = false

    @Flag(help: "Print JSON, at the end.")
    var json = false

    func validate() throws {
        if since != nil, enroll == nil { throw ValidationError("--since says whom to --enroll") }
        if status, enroll != nil || page != nil { throw ValidationError("--status begins nothing") }
    }

    func run() async throws {
        let client = try control.client
        if !status {
            let body = SyncBody(page: page, sequence: enroll, wroteWithin: since)
            let _: [SyncProgress] = try await client.post("/sync", body)
        }
        var walks: [SyncProgress] = try await client.get("/sync")
        let display = SyncDisplay(isShown: !json, zone: try await ControlOptions.zone(client))
        while !status, !noWait, walks.contains(where: { $0.endedAt == nil }) {
            try display.show(walks)
            try await Task.sleep(for: .seconds(1))
            walks = try await client.get("/sync")
        }
        try display.clear()
        if json {
            try JSONOutput.print(walks)
        } else {
            try Output.standard.lines(walks.isEmpty ? ["no walk was begun yet: dripd sync"] : display.lines(walks))
        }
        if walks.contains(where: { $0.endedAt != nil && $0.trouble != nil }) { throw ExitCode.failure }
    }

    @Sendable private static func span(_ text: String) throws -> Span {
        do {
            return try CommandLineText.span(text)
        } catch {
            throw ValidationError("--since: \(ErrorText.words(error))")
        }
    }
}

/// How far walks are, for somebody who looks on.
struct SyncDisplay {
    /// On a terminal.
    let isShown: Bool
    let zone: TimeZone

    /// How many there are in all the platform does not say: what is shown is how far back it has come.
    func show(_ walks: [SyncProgress]) throws {
        guard isShown else { return }
        try Output.standard.progress(walks.filter { $0.endedAt == nil }.map(line).joined(separator: "; "))
    }

    func clear() throws {
        if isShown { try Output.standard.endProgress() }
    }

    func lines(_ walks: [SyncProgress]) -> [String] {
        walks.map(line)
    }

    private func line(_ walk: SyncProgress) -> String {
        var pieces = ["\(walk.conversations) \(walk.conversations == 1 ? "conversation" : "conversations")"]
        pieces.append("\(walk.people) new \(walk.people == 1 ? "person" : "people")")
        if let sequence = walk.order.sequence { pieces.append("\(walk.enrolled) enrolled in \(sequence)") }
        let reached = walk.reached.map { ", back to \(LocalTime.text($0, zone).prefix(10))" } ?? ""
        let state =
            switch (walk.endedAt, walk.trouble) {
            case (nil, nil): " so far\(reached)"
            case (nil, let why?): " so far\(reached); waits: \(why)"
            case (_, nil): "\(reached); done"
            case (_, let why?): "\(reached); ended early: \(why)"
            }
        return "page \(walk.page): " + pieces.joined(separator: ", ") + state
    }
}
