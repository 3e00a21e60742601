import DripCore
import Foundation
import GRDB

/// Columns that hold JSON, because their contents have no table of their own.
enum JSONColumn {
    private static let decoder = JSONDecoder()
    private static let encoder = {
        let encoder = JSONEncoder()
        // Makes the same value produce the same text.
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()

    static func read<Value: Decodable>(_ text: String?, or missing: Value) throws -> Value {
        try text.map { try decoder.decode(Value.self, from: Data($0.utf8)) } ?? missing
    }

    /// Returns texts by their names. Takes half the time of `read`, which matters because it runs for each message.
    static func texts(_ text: String?) throws -> [String: String] {
        guard let text else { return [:] }
        guard let texts = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: String] else {
            throw DatabaseError(
                resultCode: .SQLITE_MISMATCH,
                message: "a JSON column does not hold an object of texts"
            )
        }
        return texts
    }

    /// Returns the texts that have one of these names, if they are stored. Reads a million columns in a second.
    static func texts(_ text: String, named names: [String]) throws -> [(name: String, value: String)] {
        // Without escapes, every quote begins or ends a name or a text, and these take turns.
        let bytes = Array(text.utf8)
        guard !bytes.contains(UInt8(ascii: "\\")) else {
            return try texts(text).filter { names.contains($0.key) }.map { ($0.key, $0.value) }
        }
        let pieces = bytes.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false)
        return stride(from: 1, to: pieces.count - 2, by: 4).compactMap { index in
            names.first { pieces[index].elementsEqual($0.utf8) }.map { name in
                (name, String(decoding: pieces[index + 2], as: UTF8.self))
            }
        }
    }

    static func text(_ value: some Encodable) throws -> String {
        String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

extension Database {
    /// Adds attributes to a person. New values replace old ones.
    func merge(_ attributes: [String: String], into person: PersonID) throws {
        let row = try row("SELECT attributes FROM person WHERE id = ?", [person])
        let known = try JSONColumn.texts(row?["attributes"])
        let all = known.merging(attributes) { _, new in new }
        try run("UPDATE person SET attributes = ? WHERE id = ?", [try JSONColumn.text(all), person])
    }

    func add(tag: String, to person: PersonID) throws {
        let row = try row("SELECT tags FROM person WHERE id = ?", [person])
        let tags = Set(try JSONColumn.read(row?["tags"], or: [String]())).union([tag])
        try run("UPDATE person SET tags = ? WHERE id = ?", [try JSONColumn.text(tags.sorted()), person])
    }
    func remove(tag: String, from person: PersonID) throws {
        let row = try row("SELECT tags FROM person WHERE id = ?", [person])
        let tags = Set(try JSONColumn.read(row?["tags"], or: [String]())).subtracting([tag])
        try run("UPDATE person SET tags = ? WHERE id = ?", [try JSONColumn.text(tags.sorted()), person])
    }
}
