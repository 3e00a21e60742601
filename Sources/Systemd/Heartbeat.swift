/// One part of the service whose progress the watchdog watches.
package struct Heartbeat: Sendable {
    /// As the operator reads it: "dispatcher".
    package let name: String

    /// A part that has not answered within this time is reported as stuck. It is cut to the watchdog's own beat, so
    /// that the report comes before systemd ends the process.
    package let limit: Duration

    /// Returns when the part has really done something for it: gone once around its loop, run a statement, answered a
    /// request. An error counts as no answer and is part of the report. The probe is asked again only after it
    /// returned.
    let probe: @Sendable () async throws -> Void

    package init(name: String, limit: Duration, probe: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.limit = limit
        self.probe = probe
    }
}
