package import DripCore
package import DripStore

/// How things stand, for `dripd status`, `systemctl status` and whoever reads its JSON.
package struct Status: Codable, Hashable, Sendable {
    package struct Page: Codable, Hashable, Sendable {
        package var page: String
        /// `open`, `paused` or `stopped`.
        package var state: String
        package var reason: String?
        package var until: Instant?

        init(_ lane: Lane, now: Instant) {
            page = lane.page
            if let why = lane.stopped {
                state = "stopped"
                reason = why
            } else if let pausedUntil = lane.pausedUntil {
                state = "paused"
                reason = lane.lastTrouble
                until = pausedUntil
            } else {
                state = "open"
            }
        }
    }

    package var version: String
    package var now: Instant
    package var sequences: [String]
    /// Why the files on the disk are not the ones in force; nil when they are.
    package var refused: String?
    /// Why files cannot be uploaded that messages wait for.
    package var uploadTroubles: [String]
    package var pages: [Page]
    package var sums: StoreStatus

    package init(
        version: String,
        now: Instant,
        sequences: [String],
        refused: String?,
        uploadTroubles: [String],
        lanes: [Lane],
        sums: StoreStatus
    ) {
        self.version = version
        self.now = now
        self.sequences = sequences
        self.refused = refused
        self.uploadTroubles = uploadTroubles
        pages = lanes.map { Page($0, now: now) }
        self.sums = sums
    }
}
