/// A comparison of the machine's clock with other evidence of the time.
///
/// A machine whose clock was reset starts hours or years behind; one that was set by hand may be ahead. With such a
/// clock, a person's sequence would begin at the wrong moment. Its messages would be sent too early, or be skipped as
/// too late once the clock is set right. The evidence:
/// - The `Date` of the platform's answers gives the time, in both directions, and outweighs the rest.
/// - The timestamp of a signed webhook shows that this time has been reached.
/// - So does the last moment that the database recorded.
///
/// The evidence is stored relative to a clock that cannot be set (CLOCK_BOOTTIME), so it stays true while time passes.
package struct ClockCheck: Sendable {
    package enum Evidence: String, Codable, Sendable {
        case database
        case webhook
        case platform
    }

    /// The result of comparing the machine's clock with the evidence.
    package enum Verdict: Hashable, Sendable {
        case plausible
        /// At least this far.
        case behind(Milliseconds, Evidence)
        /// At least this far.
        case ahead(Milliseconds)
    }

    /// How far the clock may be off: further than clocks under NTP ever are, and longer than an answer takes to arrive.
    package static let tolerance = Milliseconds.minutes(1)

    /// 2000 to 2100. Evidence outside of this is ignored.
    private static let believable = Instant(milliseconds: 946_684_800_000)...Instant(milliseconds: 4_102_444_800_000)

    /// The earliest and the latest that the time can be, less the uptime at that moment.
    private var earliest: (Milliseconds, Evidence)?
    private var latest: Milliseconds?

    package init() {}

    /// Records that a moment has been reached.
    /// - Parameter uptime: of the machine, now.
    package mutating func note(reached moment: Instant, by witness: Evidence, uptime: Milliseconds) {
        guard Self.believable.contains(moment) else { return }
        let offset = moment - Instant(milliseconds: uptime.milliseconds)
        // The platform has given the time, and this moment is in its future.
        if let latest, offset.milliseconds > latest.milliseconds + Self.tolerance.milliseconds { return }
        if let (known, _) = earliest, known >= offset { return }
        earliest = (offset, witness)
    }

    /// Records the time from the platform's `Date`, which counts in whole seconds.
    package mutating func note(platform date: Instant, uptime: Milliseconds) {
        guard Self.believable.contains(date) else { return }
        let offset = date - Instant(milliseconds: uptime.milliseconds)
        earliest = (offset, .platform)
        latest = Milliseconds(offset.milliseconds + 1000)
    }

    package func verdict(now: Instant, uptime: Milliseconds) -> Verdict {
        if let (offset, witness) = earliest {
            let missing = Instant(milliseconds: offset.milliseconds + uptime.milliseconds) - now
            if missing > Self.tolerance { return .behind(missing, witness) }
        }
        if let latest {
            let excess = now - Instant(milliseconds: latest.milliseconds + uptime.milliseconds)
            if excess > Self.tolerance { return .ahead(excess) }
        }
        return .plausible
    }
}

extension ClockCheck.Verdict {
    /// Returns the time, as far as it is known.
    /// - Parameter now: by the machine's clock.
    package func corrected(_ now: Instant) -> Instant {
        switch self {
        case .plausible: now
        case .behind(let span, _): now + span
        case .ahead(let span): now - span
        }
    }

    /// The problem and its remedy; nil if there is none.
    package var trouble: String? {
        let remedy = "set the clock (timedatectl); nothing is sent until it is right"
        switch self {
        case .plausible: return nil
        case .ahead(let span):
            return "the machine's clock is \(span.rounded) ahead of the platform's: \(remedy)"
        case .behind(let span, .platform):
            return "the machine's clock is \(span.rounded) behind the platform's: \(remedy)"
        case .behind(let span, .webhook):
            return "the machine's clock is \(span.rounded) behind the time of a signed webhook: \(remedy)"
        case .behind(let span, .database):
            return "the machine's clock is \(span.rounded) behind the last moment that the database recorded: \(remedy)"
        }
    }
}

extension Milliseconds {
    /// Rounded down to whole days, hours or minutes, whichever is the largest that fits.
    fileprivate var rounded: Milliseconds {
        for unit in [Milliseconds.days(1), .hours(1), .minutes(1)] where self >= unit {
            return Milliseconds(milliseconds / unit.milliseconds * unit.milliseconds)
        }
        return self
    }
}
