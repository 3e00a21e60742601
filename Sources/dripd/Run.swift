import ArgumentParser
import DripCore
import DripEngine
import Foundation
import Glibc
import SequenceFiles

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the daemon.",
        discussion: """
            Takes the platform's webhooks, sends what is due, and tells systemd how it is. SIGHUP adopts the \
            sequence files and reads the secrets of {file: …} again; files with a fault change nothing. `dripd reload`, \
            which `systemctl reload` runs, does the same and tells the outcome. Secrets that systemd passes on \
            ({credential: …}) and dripd.yaml itself take a restart. SIGTERM ends it as soon as what is on its way has come \
            back.
            """
    )

    @Option(help: "The configuration file.")
    var config = "dripd.yaml"

    @OptionGroup var clock: ClockOptions

    @Option(help: "Log this and what is more important.")
    var logLevel: LogLevel = .info

    func run() async throws {
        // Until the daemon listens for it, what a hangup asks for has yet to be read anyway.
        signal(SIGHUP, SIG_IGN)
        // Nobody named it, or they did: with `--config ./dripd.yaml`.
        if config == Places.here { try Places.mustBeOwn(config) }
        let config = Places.expanded(config)
        let configuration = try ConfigurationFile.load(config)
        let clock = try clock.clock(graph: configuration.messenger.graph)
        let daemon = Daemon(path: config, configuration: configuration, clock: clock, logLevel: logLevel.level)
        try await daemon.run()
    }
}
