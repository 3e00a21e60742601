import DripCore

/// Weekdays as files write them: `mon-sat`, `mon,wed,fri`.
enum WeekdaysText {
    static let names = Weekdays.Day.allCases.map { "\($0)" }

    static let pattern: String = {
        let day = "(" + names.map { $0.map { "[\($0)\($0.uppercased())]" }.joined() }.joined(separator: "|") + ")"
        let span = "\\s*\(day)\\s*(-\\s*\(day)\\s*)?"
        return "^\(span)(,\(span))*$"
    }()

    static func parse(_ text: String) throws(Fault) -> Weekdays {
        var days: Set<Weekdays.Day> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { String($0).trimmed }
            guard ends.count <= 2, !ends.contains("") else {
                throw Fault("'\(text)' is not a choice of weekdays: write 'mon-sat' or 'mon,wed,fri'")
            }
            let first = try day(ends[0])
            let last = ends.count == 2 ? try day(ends[1]) : first
            // `sat-mon` goes on over the end of the week.
            var day = first.rawValue
            days.insert(first)
            while day != last.rawValue {
                day = (day + 1) % 7
                days.insert(Weekdays.Day.allCases[day])
            }
        }
        return Weekdays(days)
    }

    private static func day(_ word: String) throws(Fault) -> Weekdays.Day {
        if let index = names.firstIndex(of: word.lowercased()) { return Weekdays.Day.allCases[index] }
        // 'monday' begins with its short name; anything else may be a slip.
        let short = names.first { word.lowercased().hasPrefix($0) }
        throw Fault(
            "unknown weekday '\(word)': the days are \(names.joined(separator: ", "))",
            suggestion: short ?? Spelling.nearest(to: word, of: names)
        )
    }
}
