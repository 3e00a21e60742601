import ArgumentParser
import DripCore
import DripStore
import Foundation
import WebServer

struct AdoptState: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adopt-state",
        abstract: "Say what a state that is on hold would send, and let it go on.",
        discussion: """
            A database that was restored from a backup, or copied to another machine, knows nothing of what was sent after \
            the copy was made: going on by it as if nothing were would send all that again. dripd notices, takes what comes \
            in, and sends nothing until this command says --yes.

            Who stopped, took a stop back or was erased in that time is known from the list beside the database \
            (dripd.suppressions): that holds here again, and is counted.

            Without --yes it changes nothing and lists what came due in the time that the state knows nothing of. With it, \
            these steps are skipped (reason: restored), whenever their turn comes; what is due later goes out as ever. \
            --send-missed lets them go by the ordinary rules instead: if they were sent before, people get them twice.
            """
    )

    @OptionGroup var control: ControlOptions

    @Flag(help: "Go on.")
    var yes = false

    @Flag(help: "With --yes: also send what may have been sent already.")
    var sendMissed = false

    @Option(help: "List so many steps at most.")
    var limit = 20

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let client = try control.client
        let report: HoldReport =
            try await yes
            ? client.post("/hold/adopt", AdoptStateOrder(sendMissed: sendMissed))
            : client.get("/hold", query: ["limit": "\(limit)"])
        if json { return try JSONOutput.print(report) }
        let text = HoldText(report, zone: try await ControlOptions.zone(client))
        let output = Output.standard
        try output.lines(yes ? text.adopted(sendMissed: sendMissed) : text.lines(columns: output.columns))
        if sendMissed, !yes { throw Failure("nothing was changed: --send-missed goes with --yes") }
    }
}
