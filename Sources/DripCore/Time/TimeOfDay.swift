/// A local time of day, as minutes since midnight.
package enum TimeOfDay {
    /// As a sequence file writes it: `09:00`.
    package static func text(_ minute: Int) -> String {
        "\(twoDigits(minute / 60)):\(twoDigits(minute % 60))"
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
