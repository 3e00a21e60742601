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
        guard people.allSatisfy({ $0.attributes.count <= PersonRecord.mostAttributes }) else {
            let why = "somebody has more than \(PersonRecord.mostAttributes) attributes"
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

/// Why nobody of a file was taken.
package struct ImportRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    package let problems: [String]

    /// What is said at once.
    private static let most = 20

    package var description: String {
        let more = problems.count - Self.most
        return (problems.prefix(Self.most) + (more > 0 ? ["and \(more) more"] : [])).joined(separator: "\n")
    }
}

extension ImportOrder {
    /// Each person with the lane of their page.
    /// - Throws: `ImportRefusal`.
    func located(in lanes: [Lane], now: Instant) throws -> [(record: PersonRecord, lane: LaneID)] {
        let byPage = Dictionary(lanes.map { ($0.page, $0.id) }, uniquingKeysWith: { first, _ in first })
        let pages = lanes.map(\.page).joined(separator: ", ")
        var located: [(record: PersonRecord, lane: LaneID)] = []
        var problems: [String] = []
        for record in people {
            let times = [record.firstMessageAt, record.lastMessageAt, record.stoppedAt].compactMap(\.self)
            if let later = times.first(where: { $0 > now }) {
                problems.append("line \(record.line): \(later) is in the future")
            } else if let page = record.page {
                if let lane = byPage[page] {
                    located.append((record, lane))
                } else {
                    problems.append("line \(record.line): page \(page) is not in the configuration; it has \(pages)")
                }
            } else if lanes.count == 1 {
                located.append((record, lanes[0].id))
            } else {
                problems.append("line \(record.line): of which page? Say --page with one of \(pages)")
            }
        }
        guard problems.isEmpty else { throw ImportRefusal(problems: problems) }
        return located
    }
}
