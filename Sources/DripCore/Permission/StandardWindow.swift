/// The Messenger Platform's standard messaging window: 24 hours from what the person last did, and in it anything may be
/// sent. Source: "Messenger Platform and Instagram Messaging API policy", section "Standard messaging".
package enum StandardWindow {
    package static let length = Span.hours(24)

    /// The platform judges at its receipt, by its own clock: nothing is sent in the last minutes of a window.
    package static let margin = Span.minutes(5)

    package static func isOpen(for person: Person, at now: Instant) -> Bool {
        person.windowEnds.map { now < $0 - margin } ?? false
    }
}
