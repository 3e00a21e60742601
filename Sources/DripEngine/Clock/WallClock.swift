package import DripCore

/// Tells the time. One of three seams (with randomness and the bytes on the wire): decisions never ask it, they are given
/// `now`.
package protocol WallClock: Sendable {
    func now() -> Instant
}
