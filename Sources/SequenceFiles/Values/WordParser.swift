import DripCore
import Foundation

/// Parses one of a fixed set of words.
enum WordParser {
    /// Parses a word into an enum whose raw values are the words.
    static func parse<Value: CaseIterable & RawRepresentable<String>>(_ text: String) throws(ParseError) -> Value {
        guard let value = Value(rawValue: text) else {
            let words = Value.allCases.map(\.rawValue)
            throw ParseError(
                "'\(text)' is not one of: \(words.joined(separator: ", "))",
                suggestion: Spelling.nearest(to: text, of: words)
            )
        }
        return value
    }

    /// Parses `true` or `false`, which are texts in these files.
    static func truth(_ text: String) throws(ParseError) -> Bool {
        switch text {
        case "true": return true
        case "false": return false
        default:
            let meant = ["yes": "true", "on": "true", "no": "false", "off": "false"][text.lowercased()]
            throw ParseError(
                "'\(text)' is not one of: true, false",
                suggestion: meant ?? Spelling.nearest(to: text, of: ["true", "false"])
            )
        }
    }
}

/// Parses tags: words that the team assigns to people.
enum TagParser {
    static let longest = Tag.longest
    /// As close as an ECMAScript regular expression gets without its Unicode flag.
    static let pattern = "^[^\\s/]{1,\(longest)}$"

    /// Returns the tag in Unicode's composed form: 'ê' has two forms, and both must give the same tag.
    static func parse(_ text: String) throws(ParseError) -> String {
        let tag = text.precomposedStringWithCanonicalMapping
        guard isTag(tag) else {
            let near = nearest(tag)
            throw ParseError(
                "'\(text)' is not a tag: use letters, digits, '-' and '_', at most \(longest) characters",
                suggestion: near == text ? nil : near
            )
        }
        return tag
    }

    static func isTag(_ text: String) -> Bool { Tag.isValid(text) }

    /// Returns the nearest valid tag: `Khách quen` → `Khách-quen`.
    private static func nearest(_ text: String) -> String? {
        let joined = text.split { !Tag.isAllowed($0) }.joined(separator: "-")
        return isTag(joined) ? joined : nil
    }
}

/// Formats lists of quoted words for a sentence.
enum Words {
    /// Returns `'a', 'b'`.
    static func list(_ words: [String]) -> String {
        words.map { "'\($0)'" }.joined(separator: ", ")
    }

    /// Returns `'a', 'b' or 'c'`.
    static func either(_ words: [String]) -> String {
        joined(words, "or")
    }

    /// Returns `'a', 'b' and 'c'`.
    static func all(_ words: [String]) -> String {
        joined(words, "and")
    }

    private static func joined(_ words: [String], _ conjunction: String) -> String {
        guard let last = words.last, words.count > 1 else { return list(words) }
        return "\(list(words.dropLast())) \(conjunction) '\(last)'"
    }
}
