import ArgumentParser
import Foundation

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "See it work: a month of care in a minute and a half, against the sandbox.",
        discussion: """
            Starts the real daemon on a fast clock and the Messenger sandbox beside it. Three people write in, and again \
            now and then, since the platform allows nothing after 24 hours of silence; each gets their month of \
            messages. Nothing leaves this machine. Runs until Ctrl-C, and removes its files then.
            """
    )

    @Option(
        help: ArgumentHelp(
            "The sequence files. Default: ./Sequences, else the one that `dripd init` writes.",
            valueName: "dir"
        )
    )
    var sequences: String?

    @Option(help: ArgumentHelp("How long the month takes, in seconds.", valueName: "seconds"))
    var duration = 90

    @Flag(help: "End when the month is over; exit code 0 only if every message arrived exactly once.")
    var exitWhenDone = false

    func validate() throws {
        guard (20...86_400).contains(duration) else { throw ValidationError("--duration is from 20 to 86400 seconds") }
    }

    func run() async throws {
        let colour = Terminal.hasColour(STDOUT_FILENO, environment: ProcessInfo.processInfo.environment)
        let found = FileManager.default.fileExists(atPath: "Sequences") ? "Sequences" : nil
        let folder = try DemoFolder(sequences: sequences ?? found)
        defer { folder.remove() }
        let isGood = try await DemoRun(folder: folder, duration: duration, hasColour: colour)
            .run(exitWhenDone: exitWhenDone)
        if !isGood { throw ExitCode.failure }
    }
}
