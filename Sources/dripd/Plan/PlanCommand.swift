import ArgumentParser
import DripCore
import DripEngine
import DripStore
import Foundation
import SequenceFiles

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what adopting sequence files would do to the people under way.",
        discussion: """
            Compares the files with what is in force and changes nothing. Asks the daemon, or reads a copy of its \
            database with --state (made by `sqlite3 dripd.db ".backup copy/dripd.db"`: while the daemon runs, dripd.db alone \
            is not all of it). A folder stands for all sequences: one that is not in it is removed; a file stands \
            for itself. `dripd apply --plan HASH` then does this and nothing else.

            Exit codes: 0 fine, 1 something is wrong, 2 with --detailed-exitcode when something changes.
            """
    )

    @OptionGroup var control: ControlOptions

    @OptionGroup var files: PathArguments

    @Option(
        help: ArgumentHelp("Read this state directory (a copy of dripd.db in it) and ask no daemon.", valueName: "dir")
    )
    var state: String?

    @Flag(help: "List the people one by one, before and after.")
    var people = false

    @Option(help: "List so many people at most.")
    var limit = 1000

    @Flag(help: "Exit with 2 when something changes.")
    var detailedExitcode = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let configuration = try control.configuration
        let zone = configuration?.zone ?? Configuration.standardZone
        let order = try order(try control.places.sequences(files.paths), zone: zone)
        let report: PlanReport
        let shown: TimeZone
        if let state {
            var copy = try StateCopy(directory: state)
                .plan(order, zone: zone, now: SystemClock.real.now())
            for page in configuration?.messenger.pages ?? [] { copy.rates[page.id] = page.rate }
            report = copy
            shown = zone
        } else {
            let client = try control.client
            report = try await client.post("/plan", order)
            shown = try await ControlOptions.zone(client)
        }
        if json {
            try JSONOutput.print(report)
        } else {
            let output = Output.standard
            try output.lines(PlanText(report, zone: shown).lines(columns: output.columns))
        }
        if detailedExitcode, !report.plan.isEmpty { throw ExitCode(2) }
    }

    /// Checked here, where the author of the files is, before anybody is asked.
    private func order(_ paths: [String], zone: TimeZone) throws -> PlanOrder {
        let folder = SequenceFolder.load(paths: paths, defaultZone: zone)
        guard folder.catalog != nil else {
            let errors = folder.diagnostics.filter { $0.severity == .error }
            try Output.standard.lines(errors.map(\.description))
            throw Failure("the files have errors; see `dripd check`")
        }
        return PlanOrder(
            files: folder.files.map {
                PlanOrder.File(path: $0.path, content: String(decoding: $0.bytes, as: UTF8.self), media: $0.media)
            },
            isWhole: paths.contains(where: Self.isFolder),
            people: people ? limit : 0
        )
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
