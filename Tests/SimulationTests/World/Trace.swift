/// The log of a run. A failure shows the lines of its person, and two runs of the same seed must have the same log.
final class Trace {
    private var lines: [(person: String?, text: String)] = []
    /// FNV-1a over all lines.
    private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325

    func note(_ time: Int64, _ person: String?, _ what: String) {
        let text = "\(Self.text(of: time)) \(person ?? "-") \(what)"
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        lines.append((person, text))
    }

    /// Returns the lines about a person, and those about no person in particular.
    func lines(of person: String?) -> [String] {
        lines.filter { person == nil || $0.person == nil || $0.person == person }.map(\.text)
    }

    var count: Int { lines.count }

    /// Formats a time as days, hours, minutes, seconds and milliseconds since the start.
    private static func text(of time: Int64) -> String {
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let seconds = time / 1000
        let thousandths = String(time % 1000 + 1000).dropFirst()
        return "day \(two(seconds / 86_400)) \(two(seconds / 3600 % 24)):\(two(seconds / 60 % 60)):"
            + "\(two(seconds % 60)).\(thousandths)"
    }
}
