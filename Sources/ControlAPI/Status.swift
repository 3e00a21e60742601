package import DripCore

/// The sums of a state, as `dripd status` shows them.
package struct StoreStatus: Codable, Hashable, Sendable {
    package var people: Int
    package var enrolled: Int
    package var underWay: Int
    package var sent: Int
    package var skipped: Int
    package var failed: Int
    package var inDoubt: Int
    /// Deliveries in doubt that no conversation resolved: they wait for the operator.
    package var undecided: Int
    /// People whose messages are paused until an operator decides.
    package var paused = 0
    package var nextDue: Instant?

    package init(
        people: Int,
        enrolled: Int,
        underWay: Int,
        sent: Int,
        skipped: Int,
        failed: Int,
        inDoubt: Int,
        undecided: Int,
        paused: Int = 0,
        nextDue: Instant? = nil
    ) {
        self.people = people
        self.enrolled = enrolled
        self.underWay = underWay
        self.sent = sent
        self.skipped = skipped
        self.failed = failed
        self.inDoubt = inDoubt
        self.undecided = undecided
        self.paused = paused
        self.nextDue = nextDue
    }
}

/// The daemon's status, for `dripd status`, `systemctl status` and readers of its JSON.
package struct Status: Codable, Hashable, Sendable {
    package struct Page: Codable, Hashable, Sendable {
        package var page: String
        /// `open`, `slowed`, `paused`, `restricted` or `stopped`.
        package var state: String
        package var reason: String?
        package var until: Instant?
        /// The used share of the platform's call allowance; nil if the platform has not reported it lately.
        package var usedPercent: Int?
        /// The end of the page's hold at the latest, while it reads what was written during downtime; nil if it is not held.
        package var catchingUpUntil: Instant?
        /// The reason why no paid message is sent; nil if they are sent.
        package var accountStopped: String?

        package init(_ limiter: Limiter, now: Instant) {
            page = limiter.page
            state = limiter.state(at: now).rawValue
            usedPercent = limiter.usage(at: now)?.percent
            catchingUpUntil = limiter.catchingUpUntil(at: now)
            accountStopped = limiter.accountStopped
            switch limiter.state(at: now) {
            case .stopped: reason = limiter.stopped
            case .restricted, .paused:
                reason = limiter.lastTrouble
                until = limiter.pausedUntil
            case .slowed: reason = usedPercent.map { "\($0) % of the platform's call allowance is used up" }
            case .open: break
            }
        }
    }

    package var version: String
    package var now: Instant
    /// The reason why nothing at all is sent; nil if there is no hold.
    package var hold: Hold?
    /// The reason why nothing is sent by the machine's clock; nil if the clock is right.
    package var clockTrouble: String?
    package var sequences: [String]
    /// The reason why the files on the disk are not in force; nil if they are.
    package var refused: String?
    /// The share of the last edit that has been applied to the people under way, from 0 to 1; nil if it is complete.
    package var edit: Double?
    /// The reasons why files that messages wait for cannot be uploaded.
    package var uploadTroubles: [String]
    /// The pages that do not answer comments without an author for a while; nil if there are none.
    package var commentPauses: [CommentPause]?
    package var pages: [Page]
    package var sums: StoreStatus

    package init(
        version: String,
        now: Instant,
        hold: Hold?,
        clockTrouble: String? = nil,
        sequences: [String],
        refused: String?,
        edit: Double? = nil,
        uploadTroubles: [String],
        commentPauses: [CommentPause] = [],
        limiters: [Limiter],
        sums: StoreStatus
    ) {
        self.version = version
        self.now = now
        self.hold = hold
        self.clockTrouble = clockTrouble
        self.sequences = sequences
        self.refused = refused
        self.edit = edit
        self.uploadTroubles = uploadTroubles
        self.commentPauses = commentPauses.isEmpty ? nil : commentPauses
        pages = limiters.map { Page($0, now: now) }
        self.sums = sums
    }
}

/// The time zone in which the daemon shows times to its operators.
package struct ZoneAnswer: Codable, Sendable {
    package let zone: String

    package init(zone: String) {
        self.zone = zone
    }
}
