import Foundation

/// A name or a phone number that an operator searches for. Case and marks do not count: "buoi" finds "Bưởi".
package struct PeopleSearch: Sendable {
    /// In characters. A longer text is no name.
    package static let longestText = 100

    private let name: [UInt8]
    /// The number without the country code, or without its leading 0.
    private let digits: [UInt8]?
    /// Whether JSON escapes any of its characters.
    private let isEscaped: Bool

    /// - Returns: nil if there is nothing to search for.
    package init?(_ text: String) {
        // One character may have any number of scalars.
        guard text.unicodeScalars.count <= 4 * Self.longestText, text.count <= Self.longestText else { return nil }
        name = Self.folded(text.trimmingCharacters(in: .whitespacesAndNewlines))
        guard !name.isEmpty else { return nil }
        let numerals = name.filter { Self.isDigit($0) }
        let isNumber = numerals.count >= 4 && name.allSatisfy { Self.isDigit($0) || " .-+()".utf8.contains($0) }
        digits = isNumber ? Self.local(numerals) : nil
        isEscaped = name.contains { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
    }

    /// Returns whether the person may match. A fast filter: only `false` is certain.
    /// - Parameter attributes: as stored JSON.
    package func mayFit(_ attributes: String) -> Bool {
        if isEscaped { return true }
        if let digits, Self.contains(Array(attributes.utf8).filter(Self.isDigit), digits) { return true }
        return Self.contains(Self.folded(attributes), name)
    }

    package func fits(_ attributes: [String: String]) -> Bool {
        if let digits, let phone = attributes["phone"], Self.contains(phone.utf8.filter(Self.isDigit), digits) {
            return true
        }
        return ["full_name", "first_name", "last_name"].contains { key in
            attributes[key].map { Self.contains(Self.folded($0), name) } ?? false
        }
    }

    /// Returns the number without its prefix. Vietnamese numbers are written as +84 912 345 678 and as 0912 345 678.
    static func local(_ digits: [UInt8]) -> [UInt8] {
        let zero = UInt8(ascii: "0")
        if digits.starts(with: Array("84".utf8)), digits.count > 9 { return Array(digits.dropFirst(2)) }
        return digits.first == zero ? Array(digits.dropFirst()) : digits
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    // MARK: Folding

    /// Returns the text in lower case, without marks.
    static func folded(_ text: String) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        var text = text
        text.withUTF8 { bytes in
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                if byte < 0x80 {
                    result.append((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte)
                    index += 1
                } else if byte < 0xE0 {
                    append(UInt32(byte & 0x1F) << 6 | UInt32(bytes[index + 1] & 0x3F), to: &result)
                    index += 2
                } else if byte < 0xF0 {
                    let high = UInt32(byte & 0x0F) << 12 | UInt32(bytes[index + 1] & 0x3F) << 6
                    append(high | UInt32(bytes[index + 2] & 0x3F), to: &result)
                    index += 3
                } else {
                    result.append(contentsOf: bytes[index..<(index + 4)])
                    index += 4
                }
            }
        }
        return result
    }

    private static func append(_ scalar: UInt32, to result: inout [UInt8]) {
        if scalar < UInt32(table.count) {
            result.append(contentsOf: table[Int(scalar)])
        } else if let scalar = Unicode.Scalar(scalar) {
            result.append(contentsOf: String(scalar).utf8)
        }
    }

    /// For each scalar up to the last Latin letter with marks, its lower-case form without them.
    private static let table: [[UInt8]] = (UInt32(0)..<0x1F00).map { value in
        guard let scalar = Unicode.Scalar(value) else { return [] }
        let letters = String(scalar).lowercased().decomposedStringWithCanonicalMapping.unicodeScalars.filter {
            switch $0.properties.generalCategory {
            case .nonspacingMark: false
            default: true
            }
        }
        return letters.flatMap { Array((strokes[$0] ?? String($0)).utf8) }
    }

    /// Letters whose stroke is not a combining mark, and the look-alike of one of them.
    private static let strokes: [Unicode.Scalar: String] = ["đ": "d", "ð": "d", "ø": "o", "ł": "l"]

    private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        guard let first = part.first, text.count >= part.count else { return false }
        for start in 0...(text.count - part.count) where text[start] == first {
            if text[start...].starts(with: part) { return true }
        }
        return false
    }
}

/// A filter for people. All conditions must hold.
package struct PeopleFilter: Hashable, Codable, Sendable {
    /// The page's address; nil for all pages.
    package var page: String?
    /// The person has each of these tags.
    package var tags: [String] = []
    /// The person has none of these tags.
    package var withoutTags: [String] = []
    /// The person has each of these attributes: `phone`, `email`.
    package var has: [String] = []
    /// The person is under way in this sequence.
    package var sequence: String?
    /// The person wrote or tapped within this time.
    package var wroteWithin: Milliseconds?
    /// A message would reach the person now.
    package var reachableNow = false
    /// Nothing is sent to the person until an operator decides. nil and false do not filter.
    package var paused: Bool?

    package init() {}

    /// - Parameter underWay: the sequences that the person is under way in.
    package func holds(for person: Person, underWay: [String], now: Instant) -> Bool {
        let conditions =
            tags.map(Condition.tag) + withoutTags.map(Condition.notTag) + has.map(Condition.has)
        return (page.map { $0 == person.address.account.externalID } ?? true)
            && conditions.allSatisfy { $0.holds(for: person, since: now) }
            && (sequence.map(underWay.contains) ?? true)
            && (wroteWithin.map { span in person.lastWroteAt.map { $0 >= now - span } ?? false } ?? true)
            && (!reachableNow || person.isReachable(at: now))
            && (paused != true || person.pausedAt != nil)
    }
}

extension Person {
    /// Returns whether a message without a template may be sent to the person and would arrive, as far as is known.
    package func isReachable(at now: Instant) -> Bool {
        stoppedAt == nil && pausedAt == nil && address.unreachable == nil && StandardWindow.isOpen(for: self, at: now)
    }
}
