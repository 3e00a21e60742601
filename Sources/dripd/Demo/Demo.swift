import ArgumentParser
import Foundation

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Play a month of care in a minute and a half, against the sandbox.",
        discussion: """
            The demo runs the real daemon on a fast clock, with the Messenger sandbox as the platform. Three people write to \
            the page and get their month of messages. Messenger allows no messages after 24 hours of silence: two of them write \
            again now and then, and the third leaves an e-mail address and gets the rest by mail. Nothing leaves this machine. \
            The demo runs until Ctrl-C, then removes its files.
            """
    )

    @Option(
        help: ArgumentHelp(
            "The folder of sequence files. Default: ./Sequences, else the first sequence of `dripd init`.",
            valueName: "dir"
        ),
        completion: .directory
    )
    var sequences: String?

    @Option(help: ArgumentHelp("How long the month takes, in seconds.", valueName: "seconds"))
    var duration = 90

    @Flag(help: "Exit when the month is over, with code 0 only if every message arrived exactly once.")
    var exitWhenDone = false

    func validate() throws {
        guard (20...86_400).contains(duration) else {
            throw ValidationError("--duration must be from 20 to 86400 seconds")
        }
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
