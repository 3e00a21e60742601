/// How much a dispatcher does at once.
package struct DispatchLimits: Sendable {
    /// Requests under way, over all lanes.
    package var concurrency = 64
    /// Jobs that one transaction claims, or outcomes that one records.
    package var batch = 256
    /// Jobs of a lane that are taken together where more of it are due: they are neighbours in the index on due times, of which
    /// each lane has pages of its own. Fewer where few places are free.
    package var together = 4

    package init() {}
}
