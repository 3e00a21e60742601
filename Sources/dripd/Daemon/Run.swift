import ArgumentParser
import DripCore
import DripEngine
import Foundation
import Glibc
import Logging
import SequenceFiles

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the daemon.",
        discussion: """
            The daemon receives the platform's webhooks, sends due messages and reports its status to systemd.

            SIGHUP adopts the sequence files and reads the secrets of {file: …} again; if a file has an error, nothing \
            changes. `dripd reload`, which `systemctl reload` runs, does the same and reports the outcome. Secrets that \
            systemd passes on ({credential: …}) and dripd.yaml itself need a restart. SIGTERM stops the daemon as soon as \
            pending requests have ended.
            """
    )

    @Option(help: "The configuration file.", completion: .yaml)
    var config = "dripd.yaml"

    @OptionGroup var clock: ClockOptions

    @Option(help: "Log messages of this level and above.")
    var logLevel: LogLevel = .info

    func run() async throws {
        // An early SIGHUP needs no reload: the files have not been read yet.
        signal(SIGHUP, SIG_IGN)
        // The default, which the operator did not name. `--config ./dripd.yaml` names it.
        if config == Places.here { try Places.mustBeOwn(config) }
        let config = Places.expanded(config)
        let configuration = try ConfigurationFile.load(config)
        let clock = try clock.clock(graph: configuration.messenger.graph)
        let daemon = Daemon(path: config, configuration: configuration, clock: clock, logLevel: logLevel.level)
        try await daemon.run()
    }
}

/// The options of a fast clock, for trials.
struct ClockOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Let time pass N times as fast. Needs a graph_url on a loopback address.",
            valueName: "n"
        )
    )
    var timeScale: Int64 = 1

    @Option(
        help: ArgumentHelp(
            "The start of the fast clock, RFC 3339 or Unix milliseconds. Repeat it to continue after a restart. Default: now.",
            valueName: "time"
        )
    )
    var timeEpoch: Instant?

    /// The fastest clock: a month in half a second.
    static let limit: Int64 = 5_000_000

    func validate() throws {
        if let timeEpoch {
            let now = SystemClock.realNow()
            // With a start in the future, the clock would run far back in time. With one long ago, it would overflow.
            guard timeEpoch <= now else {
                throw ValidationError("--time-epoch must be in the past: \(timeEpoch) is not")
            }
            guard timeEpoch.milliseconds >= 0 else {
                throw ValidationError("--time-epoch must not be before 1970: \(timeEpoch) is")
            }
        }
        guard (1...Self.limit).contains(timeScale) else {
            throw ValidationError("--time-scale must be a whole number from 1 to \(Self.limit)")
        }
    }

    func clock(graph: GraphURL) throws -> SystemClock {
        if timeScale == 1 && timeEpoch == nil { return .real }
        guard graph.isLoopback else {
            throw Failure(
                "--time-scale and --time-epoch are for trials: graph_url must be on a loopback address, but is \(graph)"
            )
        }
        return SystemClock(scale: timeScale, epoch: timeEpoch ?? SystemClock.realNow())
    }
}

extension Instant: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(argument)
    }
}

enum LogLevel: String, ExpressibleByArgument, CaseIterable {
    case trace
    case debug
    case info
    case notice
    case warning
    case error

    var level: Logger.Level {
        Logger.Level(rawValue: rawValue) ?? .info
    }
}
