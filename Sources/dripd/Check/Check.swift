import ArgumentParser
import DripCore
import Foundation
import SequenceFiles

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show every problem in the sequence files and the configuration.",
        discussion: """
            Each problem is one line: file:line:column: error: message. No daemon is needed. Exit code 1 if there is \
            an error.
            """
    )

    @OptionGroup var files: PathArguments

    @Option(
        help: ArgumentHelp(
            """
            Check this configuration too, and apply its limits and time zone to the files. Default: ./dripd.yaml, else the \
            dripd.yaml in the folder of the files or in the folder above. If there is no such file, no PATH and no \
            ./Sequences, the installed service's.
            """,
            valueName: "file"
        ),
        completion: .yaml
    )
    var config: String?

    @Option(help: "text for people, json for programs, github for workflow annotations, sarif for code scanning.")
    var format = CheckFormat.text

    @Flag(
        help: """
            Also show notes. For each step, show the permission under which it reaches a silent person, the number of its \
            texts and the length of the longest.
            """
    )
    var verbose = false

    @Flag(help: "Print the JSON Schema of sequence files, for editors. Check nothing.")
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

/// The output formats of `dripd check`.
enum CheckFormat: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
    case github
    case sarif
}

/// Everything that `dripd check` found.
struct CheckResult {
    /// Problems in the configuration.
    let configuration: [Diagnostic]
    let folder: SequenceFolder

    /// All problems. The configuration's come first, because it says where the files are.
    var diagnostics: [Diagnostic] { configuration + folder.diagnostics }

    func count(_ severity: Diagnostic.Severity) -> Int {
        diagnostics.count { $0.severity == severity }
    }

    /// The steps of each file without errors, in sending order.
    var sequences: [(path: String, sequence: DripSequence, steps: [StepFacts])] {
        folder.files.compactMap { file in
            guard let sequence = file.sequence, let reach = folder.reach[sequence.id] else { return nil }
            return (file.path, sequence, zip(sequence.steps, reach).map { StepFacts($0, $1) })
        }
    }

    var stepCount: Int { folder.files.compactMap(\.sequence).map(\.steps.count).reduce(0, +) }

    /// One line of totals.
    var summary: String {
        func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
        let read = "\(count(folder.files.count, "file")), \(count(stepCount, "step"))"
        let problems = [(self.count(.error), "error"), (self.count(.warning), "warning")]
            .filter { $0.0 > 0 }.map { count($0.0, $0.1) }
        return problems.isEmpty ? "\(read): nothing is wrong" : "\(read): \(problems.joined(separator: ", "))"
    }
}
