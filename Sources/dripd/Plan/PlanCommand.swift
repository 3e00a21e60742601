import ArgumentParser
import ControlAPI
import DripCore
import DripEngine
import DripStore
import Foundation
import SequenceFiles

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what sequence files would change for people under way.",
        discussion: """
            The plan compares the files with those in force, and changes nothing. A folder means all sequences: a sequence \
            that is not in it would be removed. A file means only its own sequence. `dripd apply --plan HASH` then makes \
            exactly these changes.

            The plan comes from the daemon, or with --state from a copy of its database. Make the copy with \
            `sqlite3 dripd.db ".backup copy/dripd.db"`: while the daemon runs, the file dripd.db alone is incomplete.

            Exit codes: 0 success, 1 a failure, 2 with --detailed-exitcode if something changes.
            """
    )

    @OptionGroup var control: ControlOptions

    @OptionGroup var files: PathArguments

    @Option(
        help: ArgumentHelp("Read the copy of dripd.db in this directory. Do not ask the daemon.", valueName: "dir"),
        completion: .directory
    )
    var state: String?

    @Flag(help: "List each person, before and after.")
    var people = false

    @Option(help: "List at most this many people.")
    var limit = 1000

    @Flag(help: "Exit with code 2 if something changes.")
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
                .plan(
                    order,
                    zone: zone,
                    settings: configuration?.catalogSettings ?? .standard,
                    now: SystemClock.real.now()
                )
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
            try output.lines(PlanFormatter(report, zone: shown).lines(columns: output.columns))
        }
        if detailedExitcode, !report.plan.isEmpty { throw ExitCode(2) }
    }

    /// Checks the files before it asks the daemon, so that their author sees the errors.
    private func order(_ paths: [String], zone: TimeZone) throws -> PlanRequest {
        let folder = SequenceFolder.load(paths: paths, defaultZone: zone)
        guard folder.catalog != nil else {
            let errors = folder.diagnostics.filter { $0.severity == .error }
            try Output.standard.lines(errors.map(\.description))
            throw Failure("the files have errors; see `dripd check`")
        }
        return PlanRequest(
            files: folder.files.map {
                PlanRequest.File(path: $0.path, content: String(decoding: $0.bytes, as: UTF8.self), media: $0.media)
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
