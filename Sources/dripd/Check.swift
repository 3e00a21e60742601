import ArgumentParser
import DripCore
import Foundation
import SequenceFiles

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show every problem in sequence files, and in the configuration.",
        discussion: """
            Each problem is one line, file:line:column: error: what is wrong. Needs no daemon. Exit code 1 if there is \
            an error.
            """
    )

    @OptionGroup var files: PathArguments

    @Option(
        help: ArgumentHelp(
            """
            Check this configuration too; its limits and time zone hold for the files. Default: ./dripd.yaml, or the one beside \
            the files or in the folder above; where there is neither, no ./Sequences and no PATH, the installed service's.
            """,
            valueName: "file"
        )
    )
    var config: String?

    @Option(help: "For people; for programs; for GitHub's workflows, as annotations; for code scanning.")
    var format = CheckFormat.text

    @Flag(
        help: """
            Also show what is not wrong but good to know, and for each step by which permission it reaches somebody who \
            stays silent, the number of its texts and the length of the longest.
            """
    )
    var verbose = false

    @Flag(help: "Print the JSON Schema of a sequence file, for editors, and check nothing.")
    var schema = false

    func run() throws {
        guard !schema else { return try Output.standard.exact(JSONSchema.text) }
        var problems: [Diagnostic] = []
        var zone = Configuration.standardZone
        var settings = CatalogSettings.standard
        var configured = "Sequences"
        let places = Places(config: config)
        let isOfService =
            places.isFallback && files.paths.isEmpty && !FileManager.default.fileExists(atPath: configured)
        let named = config.map(Places.expanded)
        if let file = try isOfService ? places.path : ConfigurationFile.path(of: files.paths, named) {
            do {
                let configuration = try Configuration.load(
                    path: file,
                    environment: ProcessInfo.processInfo.environment,
                    found: { problems.append($0) }
                )
                zone = configuration.zone
                settings = configuration.catalogSettings
                configured = configuration.sequences
            } catch {
                problems = error.diagnostics
            }
        }
        let result = CheckResult(
            configuration: problems,
            folder: SequenceFolder.load(
                paths: files.paths.isEmpty ? [configured] : files.paths.map(Places.expanded),
                defaultZone: zone,
                settings: settings
            )
        )
        let output = Output.standard
        let paths = RepositoryPath(folder: FileManager.default.currentDirectoryPath)
        switch format {
        case .text: try output.lines(TextReport(result, verbose: verbose).lines(columns: output.columns))
        case .json: try JSONOutput.print(JSONReport(result))
        case .github: try output.exact(GitHubReport(result, verbose: verbose, paths: paths).text + "\n")
        case .sarif:
            try JSONOutput.print(SARIFReport(result, paths: paths))
        }
        if result.count(.error) > 0 { throw ExitCode.failure }
    }
}
