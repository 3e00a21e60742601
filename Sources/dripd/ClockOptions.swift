import ArgumentParser
import DripCore
import DripEngine
import Foundation
import SequenceFiles

/// A clock that runs fast, for trials.
struct ClockOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Let time pass N times as fast. Only while graph_url is on a loopback address.",
            valueName: "n"
        )
    )
    var timeScale: Int64 = 1

    @Option(
        help: ArgumentHelp(
            "Where the fast clock begins, RFC 3339 or Unix milliseconds; the same one after a restart goes on where it was. Default: now.",
            valueName: "time"
        )
    )
    var timeEpoch: Instant?

    /// The fastest clock: a month in half a second.
    static let limit: Int64 = 5_000_000

    func validate() throws {
        if let timeEpoch {
            let now = SystemClock.realNow()
            // A clock that has yet to begin would run far back in time, and one that began long ago over the end of it.
            guard timeEpoch <= now else {
                throw ValidationError("--time-epoch is a time that has been: \(timeEpoch) is still to come")
            }
            guard timeEpoch.milliseconds >= 0 else {
                throw ValidationError("--time-epoch is not before 1970: \(timeEpoch) is")
            }
        }
        guard (1...Self.limit).contains(timeScale) else {
            throw ValidationError("--time-scale is a whole number from 1 to \(Self.limit)")
        }
    }

    func clock(graph: GraphURL) throws -> SystemClock {
        if timeScale == 1 && timeEpoch == nil { return .real }
        guard graph.isLoopback else {
            throw Failure(
                "--time-scale and --time-epoch are for trials: graph_url must be on a loopback address, and is \(graph)"
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
