package import DripCore

/// People of a file, to be taken together. As JSON they are a `PeopleTable`.
package struct ImportOrder: Codable, Sendable {
    package let people: [PersonRecord]
    /// Enrols them in it; nil: nobody is enrolled.
    package let sequence: String?
    /// Changes nothing, and tells what would be.
    package let isTrial: Bool

    package init(people: [PersonRecord], sequence: String?, isTrial: Bool) {
        self.people = people
        self.sequence = sequence
        self.isTrial = isTrial
    }

    private enum CodingKeys: CodingKey {
        case people, sequence, isTrial
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        guard let people = try values.decode(PeopleTable.self, forKey: .people).people else {
            let why = "the columns are not equally long"
            throw DecodingError.dataCorruptedError(forKey: .people, in: values, debugDescription: why)
        }
        for case let why? in people.lazy.map(\.flaw) {
            throw DecodingError.dataCorruptedError(forKey: .people, in: values, debugDescription: why)
        }
        self.people = people
        sequence = try values.decodeIfPresent(String.self, forKey: .sequence)
        isTrial = try values.decode(Bool.self, forKey: .isTrial)
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(PeopleTable(people), forKey: .people)
        try values.encodeIfPresent(sequence, forKey: .sequence)
        try values.encode(isTrial, forKey: .isTrial)
    }
}

/// Why no person of a file was taken: each cause once, with the lines that have it.
package struct ImportRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    private struct Problem: Hashable {
        let cause: String
        var lines: [Int]
        var count = 1
    }

    /// How many are told at once.
    private static let most = 20
    /// Of the lines that have one of them.
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

extension ImportOrder {
    /// Each person with the lane of their page.
    /// - Throws: `ImportRefusal`.
    func located(in lanes: [Lane], now: Instant) throws -> [(record: PersonRecord, lane: LaneID)] {
        let byPage = Dictionary(lanes.map { ($0.page, $0.id) }, uniquingKeysWith: { first, _ in first })
        let pages = lanes.map(\.page).joined(separator: ", ")
        var located: [(record: PersonRecord, lane: LaneID)] = []
        var refusal = ImportRefusal()
        for record in people {
            let times = [record.firstMessageAt, record.lastMessageAt, record.stoppedAt, record.pausedAt].compactMap(
                \.self
            )
            if let later = times.first(where: { $0 > now }) {
                refusal.add("\(later) is in the future", line: record.line)
            } else if let page = record.page {
                if let lane = byPage[page] {
                    located.append((record, lane))
                } else {
                    refusal.add("page \(page) is not in the configuration; it has \(pages)", line: record.line)
                }
            } else if lanes.count == 1 {
                located.append((record, lanes[0].id))
            } else {
                refusal.add("of which page? Say --page with one of \(pages)", line: record.line)
            }
        }
        guard refusal.isEmpty else { throw refusal }
        return located
    }
}
