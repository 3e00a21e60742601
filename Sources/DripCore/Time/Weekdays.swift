/// The local weekdays on which a sequence sends. Never empty.
package struct Weekdays: Hashable, Sendable {
    /// In the order of a written week, Monday first.
    package enum Day: Int, CaseIterable, Sendable {
        case mon
        case tue
        case wed
        case thu
        case fri
        case sat
        case sun
    }

    package static let all = Weekdays(Set(Day.allCases))

    private let bits: UInt8

    /// - Precondition: at least one day.
    package init(_ days: Set<Day>) {
        precondition(!days.isEmpty)
        bits = days.reduce(0) { $0 | 1 << UInt8($1.rawValue) }
    }

    package func contains(_ day: Day) -> Bool {
        bits & 1 << UInt8(day.rawValue) != 0
    }
}

extension Weekdays: CustomStringConvertible {
    /// As a sequence file may write it: `mon,wed,fri`.
    package var description: String {
        Day.allCases.filter(contains).map { "\($0)" }.joined(separator: ",")
    }
}
