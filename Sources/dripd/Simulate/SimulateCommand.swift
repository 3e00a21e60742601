import ArgumentParser
import DripCore
import DripEngine
import DripStore
import Foundation
import SequenceFiles

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Play a sequence file in virtual time, and show what a person would get and when.",
        discussion: """
            Runs the engine itself, with a database of its own that is gone afterwards, against a channel that accepts \
            everything; a month takes a moment, and the same command prints the same bytes. Needs no daemon, sends \
            nothing. The limits of the configuration hold: what --config names, else ./dripd.yaml, else the one beside the \
            file or in the folder above. The file starts by its first_message, else by the first start that it names (manual: by hand, \
            just after the person wrote). Other sequences are not there: a button that starts one does nothing.

            Beside a file, NAME.expected may hold such timelines, each below the command that prints it:

              # dripd simulate cham-soc.yaml --reply '3 days'

            Paths in it are relative to it. --check plays every one of them and shows what differs (exit code 1); \
            --update writes down what they print now. Named with a sequence file that has none, --update makes one to \
            begin with.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "A sequence file. With --check or --update: *.expected files, or folders of them; default ./Sequences.",
            valueName: "path"
        )
    )
    var paths: [String] = []

    @OptionGroup var scenario: ScenarioOptions

    @Flag(help: "Play what the *.expected files hold, and show what differs.")
    var check = false

    @Flag(help: "Play what the *.expected files hold, and write down what is printed now.")
    var update = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var control: ControlOptions

    func validate() throws {
        if check && update { throw ValidationError("--check and --update exclude each other") }
        let isOfFiles = check || update
        if !isOfFiles, paths.count != 1 { throw ValidationError("name one sequence file") }
        if isOfFiles, scenario.person != nil || !scenario.replies.isEmpty || scenario.start != nil {
            throw ValidationError("--start, --person and --reply stand in the *.expected files themselves")
        }
    }

    func run() async throws {
        // Never the installed one: a golden file means the same on every machine.
        let configuration = try ConfigurationFile.of(paths, control.config.map(Places.expanded))
        let zone = scenario.zone ?? configuration?.zone ?? ScenarioOptions.standardZone
        let settings = configuration?.catalogSettings ?? .standard
        guard check || update else {
            let timeline = try await timeline(folder: nil, zone: zone, settings: settings, known: person)
            return json ? try JSONOutput.print(timeline) : try Output.standard.paragraph(TimelineText(timeline).text)
        }
        let paths = paths.isEmpty ? ["Sequences"] : paths
        var files = try ExpectedFile.load(paths, orNew: update)
        for index in files.indices { try await files[index].play(zone: zone, settings: settings) }
        if update {
            for file in files where file.hasChanged { try file.write() }
        }
        let report = ExpectedReport(files, isUpdated: update)
        if json { try JSONOutput.print(report) } else { try Output.standard.paragraph(report.text) }
        if check, report.differing > 0 { throw ExitCode.failure }
    }

    /// A person of the daemon.
    private func person(_ name: String) async throws -> SimulatedPerson {
        do {
            let detail: PersonDetail = try await control.client.get("/people/one", query: ["person": name])
            return SimulatedPerson(detail.summary)
        } catch let error as Failure {
            throw Failure("--person \(name): there is no such file, and \(error)")
        }
    }

    /// - Parameter folder: what paths are relative to; nil: where the process stands.
    func timeline(
        folder: String?,
        zone: TimeZone,
        settings: CatalogSettings,
        known: (String) async throws -> SimulatedPerson
    ) async throws -> Timeline {
        try await Simulation(
            try await scenario.scenario(
                file: paths.first ?? "",
                folder: folder,
                zone: zone,
                settings: settings,
                known: known
            )
        ).run()
    }
}
