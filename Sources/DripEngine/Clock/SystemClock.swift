package import DripCore
import Foundation

/// The machine's real-time clock, or one that runs fast: `epoch + (real time − epoch) × scale`.
package struct SystemClock: WallClock {
    /// Real seconds count as so many: 1 outside of trials.
    package let scale: Int64
    package let epoch: Instant

    package init(scale: Int64, epoch: Instant) {
        self.scale = scale
        self.epoch = epoch
    }

    /// The real time, as it is.
    package static let real = SystemClock(scale: 1, epoch: Instant(milliseconds: 0))

    package func now() -> Instant {
        scaled(Self.realNow())
    }

    package static func realNow() -> Instant {
        Instant(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
    }

    func scaled(_ real: Instant) -> Instant {
        epoch + Span(milliseconds: (real - epoch).milliseconds * scale)
    }

    /// The first millisecond of real time at which this clock shows `moment` or later.
    func real(_ moment: Instant) -> Instant {
        let span = (moment - epoch).milliseconds
        return epoch + Span(milliseconds: span / scale + (span % scale > 0 ? 1 : 0))
    }
}
