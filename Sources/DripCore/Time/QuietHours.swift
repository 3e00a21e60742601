/// Local times of day in which nothing is sent: from `start` up to, not including, `end`; may span midnight.
package struct QuietHours: Hashable, Sendable {
    /// Minutes since local midnight, 0…1439.
    package let start: Int
    package let end: Int

    /// - Precondition: both within 0…1439 and different (an empty or a whole day of quiet is a mistake of the file).
    package init(start: Int, end: Int) {
        precondition((0..<1440).contains(start) && (0..<1440).contains(end) && start != end)
        self.start = start
        self.end = end
    }

    package func contains(minute: Int) -> Bool {
        start < end ? (start..<end).contains(minute) : minute >= start || minute < end
    }
}

extension QuietHours: CustomStringConvertible {
    /// As a sequence file writes it: `21:30-08:00`.
    package var description: String { "\(TimeOfDay.text(start))-\(TimeOfDay.text(end))" }
}
