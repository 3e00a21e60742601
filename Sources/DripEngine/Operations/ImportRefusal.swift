import ControlAPI
import DripCore

/// The reasons why a file was not imported: each cause once, with the lines that have it.
package struct ImportRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    private struct Problem: Hashable {
        let cause: String
        var lines: [Int]
        var count = 1
    }

    /// The limit on the causes listed.
    private static let most = 20
    /// The limit on the lines listed for one cause.
    private static let mostLines = 3

    private var problems: [Problem] = []
    private var indices: [String: Int] = [:]
    private var more = 0

    init() {}

    var isEmpty: Bool { problems.isEmpty }

    mutating func add(_ cause: String, line: Int) {
        if let index = indices[cause] {
            problems[index].count += 1
            if problems[index].lines.count < Self.mostLines { problems[index].lines.append(line) }
        } else if problems.count < Self.most {
            indices[cause] = problems.count
            problems.append(Problem(cause: cause, lines: [line]))
        } else {
            more += 1
        }
    }

    /// `lines 2, 3, 4 and 96 more: page 99 is not in the configuration; …`
    package var description: String {
        let said = problems.map { problem in
            let rest = problem.count - problem.lines.count
            let lines = problem.lines.map(String.init).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
            return "\(problem.count == 1 ? "line" : "lines") \(lines): \(problem.cause)"
        }
        return (said + (more > 0 ? ["and \(more) more"] : [])).joined(separator: "\n")
    }
}

extension ImportRequest {
    /// Returns each person with the account of their page.
    /// - Throws: `ImportRefusal`.
    func located(in limiters: [Limiter], now: Instant) throws -> [(record: PersonRecord, account: AccountID)] {
        let byPage = Dictionary(limiters.map { ($0.page, $0.id) }, uniquingKeysWith: { first, _ in first })
        let pages = limiters.map(\.page).joined(separator: ", ")
        var located: [(record: PersonRecord, account: AccountID)] = []
        var refusal = ImportRefusal()
        for record in people {
            let times = [record.firstMessageAt, record.lastMessageAt, record.stoppedAt, record.pausedAt].compactMap(
                \.self
            )
            if let later = times.first(where: { $0 > now }) {
                refusal.add("\(later) is in the future", line: record.line)
            } else if let page = record.page {
                if let limiter = byPage[page] {
                    located.append((record, limiter))
                } else {
                    refusal.add("page \(page) is not in the configuration; it has \(pages)", line: record.line)
                }
            } else if limiters.count == 1 {
                located.append((record, limiters[0].id))
            } else {
                refusal.add("which page? Pass --page with one of \(pages)", line: record.line)
            }
        }
        guard refusal.isEmpty else { throw refusal }
        return located
    }
}
