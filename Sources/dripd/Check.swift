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

    @Argument(
        help: ArgumentHelp(
            "Sequence files or folders. Default: what --config says, else ./Sequences.",
            valueName: "path"
        )
    )
    var paths: [String] = []

    @Option(
        help: ArgumentHelp("Check this configuration too. Default: ./dripd.yaml, if it is there.", valueName: "file")
    )
    var config: String?

    @Flag(help: "Also show what is not wrong but good to know.")
    var verbose = false

    func run() throws {
        var errors = 0
        var zone = TimeZone(identifier: "Asia/Ho_Chi_Minh") ?? .gmt
        var paths = paths
        if let file = config ?? (FileManager.default.fileExists(atPath: "dripd.yaml") ? "dripd.yaml" : nil) {
            do {
                let configuration = try Configuration.load(
                    path: file,
                    environment: ProcessInfo.processInfo.environment
                )
                zone = configuration.zone
                if paths.isEmpty { paths = [configuration.sequences] }
            } catch {
                errors += error.diagnostics.count
                print(error.description)
            }
        }
        if paths.isEmpty { paths = ["Sequences"] }
        let folder = SequenceFolder.load(paths: paths, defaultZone: zone)
        let shown = folder.diagnostics.filter { verbose || $0.severity != .note }
        for diagnostic in shown { print(diagnostic) }
        errors += folder.diagnostics.count { $0.severity == .error }
        let warnings = folder.diagnostics.count { $0.severity == .warning }
        print(summary(folder, errors: errors, warnings: warnings))
        if errors > 0 { throw ExitCode.failure }
    }

    private func summary(_ folder: SequenceFolder, errors: Int, warnings: Int) -> String {
        func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
        let steps = folder.files.compactMap(\.sequence).map(\.steps.count).reduce(0, +)
        let read = "\(count(folder.files.count, "file")), \(count(steps, "step"))"
        let problems = [(errors, "error"), (warnings, "warning")].filter { $0.0 > 0 }.map { count($0.0, $0.1) }
        return problems.isEmpty ? "\(read): nothing is wrong" : "\(read): \(problems.joined(separator: ", "))"
    }
}
