import Foundation

extension Person {
    /// What the platform tells, or the person themselves: a file fills it where it is unknown, and contradicts it nowhere.
    private static let firsthand: Set<String> = ["full_name", "first_name", "last_name", "locale", "phone", "email"]

    /// The person with what a file says of them besides. Tags and the wish to get no more are not part of it, since more
    /// follows from them than a value.
    package func adding(_ record: PersonRecord) -> Person {
        var person = self
        for (name, value) in record.attributes where !value.trimmed.isEmpty {
            let isKnown = !(attributes[name] ?? "").trimmed.isEmpty
            if !isKnown || !Self.firsthand.contains(name) { person.attributes[name] = value }
        }
        person.zone = zone ?? record.zone.flatMap(TimeZone.init(identifier:))
        // Who wrote once has had their first message, whenever that was.
        person.firstMessageAt = [firstMessageAt, record.firstMessageAt, record.lastMessageAt].compactMap(\.self).min()
        if let wrote = record.lastMessageAt {
            if opensWindow(at: wrote) { person.windowEnds = max(windowEnds ?? wrote, wrote + StandardWindow.length) }
            person.lastWroteAt = max(lastWroteAt ?? wrote, wrote)
        }
        return person
    }

    /// A window that ended sooner than a day after their last message was closed by the platform: only a later message
    /// opens it.
    private func opensWindow(at wrote: Instant) -> Bool {
        guard let windowEnds, let lastWroteAt, windowEnds < lastWroteAt + StandardWindow.length else { return true }
        return wrote > windowEnds
    }
}
