import DripCore

/// Reads `only_if:`, the condition for getting a step.
enum ConditionReader {
    static func read(_ node: YAMLNode, _ report: inout FileReport) -> Condition? {
        guard case .field(let field) = report.choice(node, StepSchema.onlyIf) else { return nil }
        switch field.key {
        case "tag": return report.value(field, TagParser.parse).map(Condition.tag)
        case "not_tag": return report.value(field, TagParser.parse).map(Condition.notTag)
        case "has": return report.value(field, attribute).map(Condition.has)
        case "can": return report.value(field, ChannelReader.channel).map(Condition.can)
        default: return report.value(field, WordParser.truth).map(Condition.replied)
        }
    }

    private static func attribute(_ text: String) throws(ParseError) -> String {
        guard isAttribute(text) else {
            throw ParseError(
                "'\(text)' is not an attribute's name, such as phone or email: use letters, digits and '_'"
            )
        }
        return text
    }

    /// Returns whether a name is valid in a text's `{{…}}`.
    private static func isAttribute(_ name: String) -> Bool {
        guard let first = name.first, first.isLetter || first == "_" else { return false }
        return name.allSatisfy { $0.isLetter || ("0"..."9").contains($0) || $0 == "_" }
    }
}

/// The time from the start to a step, with the part that depends on the start: a month has 28 to 31 days, and a time of day
/// comes sooner for a person who starts late in the day. Ignores clock changes.
struct DueTime {
    /// The offset in milliseconds; 0 if the unit is a month.
    private let exact: Int64
    private let months: Int
    /// Milliseconds since midnight.
    private let at: Int64?

    private static let day: Int64 = 86_400_000

    init(_ step: Step) {
        months = step.after.unit == .month ? step.after.count : 0
        exact = step.after.unit == .month ? 0 : step.after.nominal.milliseconds
        at = step.at.map { Int64($0) * 60_000 }
    }

    /// Returns the shortest time from `other` to this step for the same start; negative if this step can be due first.
    func least(after other: DueTime) -> Milliseconds {
        Milliseconds(days(after: other) + time(after: other))
    }

    private func days(after other: DueTime) -> Int64 {
        switch (months > 0, other.months > 0) {
        case (false, false): exact - other.exact
        case (true, false): Self.shortest(months) - other.exact
        case (false, true): exact - Self.longest(other.months)
        // Both use the same calendar: the end of a month clamps both.
        case (true, true):
            months >= other.months ? Self.shortest(months - other.months) : -Self.longest(other.months - months)
        }
    }

    private func time(after other: DueTime) -> Int64 {
        switch (at, other.at) {
        case (nil, nil): 0
        case (let at?, let otherAt?): at - otherAt
        // A person who starts at the end of a day is nearest to the next day's times.
        case (let at?, nil): at - Self.day
        case (nil, let at?): -at
        }
    }

    /// Returns the shortest length of consecutive months. A clamped end (31 January + 1 month) is not shorter.
    private static func shortest(_ months: Int) -> Int64 {
        day * Int64(months / 12 * 365 + [0, 28, 59, 89, 120, 150, 181, 212, 242, 273, 303, 334][months % 12])
    }

    /// Returns the longest length of consecutive months.
    private static func longest(_ months: Int) -> Int64 {
        let years = (months / 12 * 1461 + 3) / 4
        return day * Int64(years + [0, 31, 62, 92, 123, 153, 184, 215, 245, 276, 306, 337][months % 12])
    }
}
