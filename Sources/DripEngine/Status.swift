package import DripCore
package import DripStore

/// How things stand, for `dripd status`, `systemctl status` and whoever reads its JSON.
package struct Status: Codable, Hashable, Sendable {
    package struct Page: Codable, Hashable, Sendable {
        package var page: String
        /// `open`, `slowed`, `paused`, `restricted` or `stopped`.
        package var state: String
        package var reason: String?
        package var until: Instant?
        /// Of the platform's allowance of calls; nil where the platform said nothing lately.
        package var usedPercent: Int?
        /// The page first reads what was written while dripd was down, and sends nothing before that, or before this time; nil: it is
        /// not held.
        package var catchingUpUntil: Instant?
        /// Why no paid message goes out; nil where they do.
        package var accountStopped: String?

        init(_ lane: Lane, now: Instant) {
            page = lane.page
            state = lane.state(at: now).rawValue
            usedPercent = lane.usage(at: now)?.percent
            catchingUpUntil = lane.catchingUpUntil(at: now)
            accountStopped = lane.accountStopped
            switch lane.state(at: now) {
            case .stopped: reason = lane.stopped
            case .restricted, .paused:
                reason = lane.lastTrouble
                until = lane.pausedUntil
            case .slowed: reason = usedPercent.map { "\($0) % of what the platform allows is used up" }
            case .open: break
            }
        }
    }

    package var version: String
    package var now: Instant
    /// Why nothing at all is sent; nil: it is.
    package var hold: Hold?
    /// Why nothing is sent by the machine's clock; nil: it is.
    package var clockTrouble: String?
    package var sequences: [String]
    /// Why the files on the disk are not the ones in force; nil when they are.
    package var refused: String?
    /// How much of the last edit has been applied to the people under way, from 0 to 1; nil: all of it.
    package var edit: Double?
    /// Why files cannot be uploaded that messages wait for.
    package var uploadTroubles: [String]
    /// Pages that answer no comments without an author for a while; nil: all of them do.
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
        lanes: [Lane],
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
        pages = lanes.map { Page($0, now: now) }
        self.sums = sums
    }
}
