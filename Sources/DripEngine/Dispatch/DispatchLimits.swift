/// How much a dispatcher does at once.
package struct DispatchLimits: Sendable {
    /// Requests under way, over all lanes.
    package var concurrency = 64
    /// Jobs that one transaction claims, or outcomes that one records.
    package var batch = 256

    package init() {}
}
