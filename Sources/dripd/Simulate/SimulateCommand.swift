import ArgumentParser
import ControlAPI
import DripCore
import DripEngine
import Foundation
import SequenceFiles

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Play a sequence file in virtual time, and show what a person would get and when.",
        discussion: """
            The simulation runs the real engine with a temporary database, against a channel that accepts everything. A month \
            takes a moment, and the same command always prints the same bytes. No daemon is needed, and nothing is sent.

            The limits of the configuration apply: --config, else ./dripd.yaml, else the dripd.yaml in the folder of the file \
            or in the folder above. The sequence starts by first_message if it can, else by the first start in the file \
            (manual: by hand, just after the person wrote). Other sequences do not exist: a button that starts one does \
            nothing.

            A file NAME.expected beside NAME.yaml may contain timelines, each below the command that prints it:

              # dripd simulate cham-soc.yaml --reply '3 days'

            Its paths are relative to its folder. --check runs each command and shows the differences (exit code 1). \
            --update records what the commands print now. For a sequence file without a NAME.expected, --update creates one \
            with some first commands.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "A sequence file. With --check or --update: *.expected files or folders of them. Default: ./Sequences.",
            valueName: "path"
        ),
        completion: .yaml
    )
    var paths: [String] = []

    @OptionGroup var scenario: ScenarioOptions

    @Flag(help: "Run the commands in the *.expected files, and show the differences.")
    var check = false

    @Flag(help: "Run the commands in the *.expected files, and record what they print now.")
    var update = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var control: ControlOptions

    func validate() throws {
        if check && update { throw ValidationError("--check and --update cannot be combined") }
        let isOfFiles = check || update
        if !isOfFiles, paths.count != 1 { throw ValidationError("name one sequence file") }
        if isOfFiles, scenario.person != nil || !scenario.replies.isEmpty || scenario.start != nil {
            throw ValidationError("--start, --person and --reply belong in the *.expected files")
        }
    }

    func run() async throws {
        // Never the installed configuration: an expected file must mean the same on every machine.
        let configuration = try ConfigurationFile.of(paths, control.config.map(Places.expanded))
        let zone = scenario.zone ?? configuration?.zone ?? ScenarioOptions.standardZone
        let settings = configuration?.catalogSettings ?? .standard
        guard check || update else {
            let timeline = try await timeline(folder: nil, zone: zone, settings: settings, known: person)
            return json
                ? try JSONOutput.print(timeline) : try Output.standard.paragraph(TimelineFormatter(timeline).text)
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

    /// Returns a person that the daemon knows.
    private func person(_ name: String) async throws -> SimulatedPerson {
        do {
            let detail: PersonDetail = try await control.client.get("/people/one", query: ["person": name])
            return SimulatedPerson(detail.summary)
        } catch let error as Failure {
            throw Failure("--person \(name): no such file, and \(error)")
        }
    }

    /// - Parameter folder: the folder of relative paths; nil for the working directory.
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
