/// What is known of the time besides what the machine's clock says, and whether that disproves the clock.
///
/// A machine whose clock was reset starts hours or years behind; one that was set by hand may be ahead. By such a clock a person's
/// sequence would begin at the wrong moment, and its messages would be sent too early, or be skipped as too late, once the
/// clock is set right. The witnesses:
/// - the `Date` of the platform's answers says what time it is, in both directions, and outweighs the others;
/// - the timestamp of a signed webhook says that this time has been reached;
/// - so does the database, of the last moment that it recorded.
///
/// What they say is kept relative to a clock that cannot be set (CLOCK_BOOTTIME), so it stays true while time passes.
package struct ClockCheck: Sendable {
    package enum Witness: String, Codable, Sendable {
        case database
        case webhook
        case platform
    }

    /// How the machine's clock compares with what is known.
    package enum Verdict: Hashable, Sendable {
        case plausible
        /// At least this far.
        case behind(Span, Witness)
        /// At least this far.
        case ahead(Span)
    }

    /// How far the clock may be off: more than clocks that are kept by NTP ever are, and than an answer takes to arrive.
    package static let tolerance = Span.minutes(1)

    /// 2000 to 2100: a witness that says anything else is not one.
    private static let believable = Instant(milliseconds: 946_684_800_000)...Instant(milliseconds: 4_102_444_800_000)

    /// Of the time that has been reached at least, and of what it is at most, less the uptime of that moment.
    private var earliest: (Span, Witness)?
    private var latest: Span?

    package init() {}

    /// Notes that a moment has been reached.
    /// - Parameter uptime: of the machine, now.
    package mutating func note(reached moment: Instant, by witness: Witness, uptime: Span) {
        guard Self.believable.contains(moment) else { return }
        let offset = moment - Instant(milliseconds: uptime.milliseconds)
        // The platform has told the time, and this is in its future.
        if let latest, offset.milliseconds > latest.milliseconds + Self.tolerance.milliseconds { return }
        if let (known, _) = earliest, known >= offset { return }
        earliest = (offset, witness)
    }

    /// Notes what time it is by the platform's `Date`, which counts in whole seconds.
    package mutating func note(platform date: Instant, uptime: Span) {
        guard Self.believable.contains(date) else { return }
        let offset = date - Instant(milliseconds: uptime.milliseconds)
        earliest = (offset, .platform)
        latest = Span(milliseconds: offset.milliseconds + 1000)
    }

    package func verdict(now: Instant, uptime: Span) -> Verdict {
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
    /// The time as far as it is known.
    /// - Parameter now: by the machine's clock.
    package func corrected(_ now: Instant) -> Instant {
        switch self {
        case .plausible: now
        case .behind(let span, _): now + span
        case .ahead(let span): now - span
        }
    }

    /// What is wrong and what to do; nil where nothing is.
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

extension Span {
    /// Rounded down to whole days, hours or minutes, whichever is the largest that fits.
    fileprivate var rounded: Span {
        for unit in [Span.days(1), .hours(1), .minutes(1)] where self >= unit {
            return Span(milliseconds: milliseconds / unit.milliseconds * unit.milliseconds)
        }
        return self
    }
}
