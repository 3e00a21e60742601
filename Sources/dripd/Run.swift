import ArgumentParser
import DripCore
import DripEngine
import Foundation
import SequenceFiles

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the daemon.",
        discussion: """
            Takes the platform's webhooks, sends what is due, and tells systemd how it is. SIGHUP (`systemctl reload`) \
            adopts the sequence files and reads the secrets again; files with a fault change nothing. SIGTERM ends it \
            as soon as what is on its way has come back.
            """
    )

    @Option(help: "The configuration file.")
    var config = "dripd.yaml"

    @OptionGroup var clock: ClockOptions

    @Option(help: "Log this and what is more important.")
    var logLevel: LogLevel = .info

    func run() async throws {
        let configuration = try ConfigurationFile.load(config)
        let clock = try clock.clock(graph: configuration.messenger.graph)
        try await Daemon(configuration: configuration, clock: clock, logLevel: logLevel.level).run()
    }
}
