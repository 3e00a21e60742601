import Channels
import DripCore
import Foundation

/// Variables in the syntax of other programs. People would get them unchanged, or one word of a list that was meant as a fallback.
///
/// Recognizes the syntax of ManyChat, Chatfuel, AhaChat, Pancake and Liquid, which many other programs use.
struct ForeignPlaceholders {
    struct Found: Hashable {
        let message: String
        let isError: Bool
        /// The text that begins there. The reader finds the location in the file by it.
        let sign: String
        /// The offset into the text, in characters.
        let offset: Int
    }

    /// The most findings in one text: more would not help its author.
    private static let most = 8

    private(set) var found: [Found] = []
    private let text: [Character]
    private var position = 0

    init(in text: String) {
        self.text = Array(text)
        while position < self.text.count, found.count < Self.most { step() }
    }

    /// Returns dripd's syntax for another program's variable; nil if the name is not known.
    /// - Parameter name: `first name`, `FIRST_NAME`, `user_first_name`.
    static func way(_ name: some StringProtocol, fallback: String? = nil) -> String? {
        variable(name).map { written($0, fallback: fallback) }
    }

    // MARK: Walking

    private mutating func step() {
        if isAt(#"\{{"#) {
            // Escaped on purpose.
            position = end(of: "}}", from: position + 3, within: Self.longestName) ?? position + 3
        } else if isAt("{{") {
            let end = end(of: "}}", from: position + 2)
            if let end { list(String(text[position + 2..<end - 2])) }
            position = end ?? position + 2
        } else if isAt("{%") {
            add(
                "'{% … %}' is another program's syntax, and people would get it unchanged: set 'only_if' to choose who gets a "
                    + "step, and write a variable with a fallback as {{first_name, default: \"bạn\"}}",
                sign: "{%"
            )
            position = end(of: "%}", from: position + 2) ?? position + 2
        } else if let close = Self.pairs[text[position]] {
            bracket(close)
        } else if isNamePart(text[position]) {
            word()
        } else {
            position += 1
        }
    }

    /// Not '[tên]' or '<tên>': shops use these to show what to answer.
    private static let pairs: [Character: Character] = ["{": "}", "%": "%"]
    /// The longest name in brackets.
    private static let longestName = 40
    /// The longest content of `{{…}}`; longer texts are refused anyway.
    private static let longestBraces = MessengerLimits.textCharacters

    /// Checks `{name}`, `#{name}`, `${name}` and `%first name%`.
    private mutating func bracket(_ close: Character) {
        let content = text[(position + 1)...].prefix(Self.longestName + 1).prefix { $0 != close && !$0.isNewline }
        guard position + 1 + content.count < text.count, text[position + 1 + content.count] == close,
            let way = Self.way(String(content))
        else {
            position += 1
            return
        }
        let written = "\(text[position])\(String(content))\(close)"
        add(
            "people would get '\(written)' unchanged: write the variable as \(way)",
            sign: String(text[position]),
            // '{tên}' may be meant literally, in an order form.
            isError: content.allSatisfy(\.isASCII)
        )
        position += content.count + 2
    }

    /// Checks for a name that is not a word of any language: `first_name`.
    private mutating func word() {
        let start = position
        while position < text.count, isNamePart(text[position]) { position += 1 }
        let word = String(text[start..<position])
        // In an address it is a query parameter.
        let isInAddress = position < text.count && text[position] == "="
        guard Self.profile.contains(word.lowercased()), !isInAddress, let way = Self.way(word) else { return }
        position = start
        add("people would get '\(word)' unchanged: write the variable as \(way)", sign: word)
        position = start + word.count
    }

    /// Checks the content of `{{…}}`.
    private mutating func list(_ content: String) {
        guard content.contains("|") else { return variable(content) }
        let pieces = content.split(separator: "|", omittingEmptySubsequences: false).map { String($0).trimmed }
        let index = pieces.indices.first { index in
            // 'email' can be a word of a list, but the first entry is more likely a variable before its fallback.
            index == 0 ? Self.isName(pieces[0]) : Self.profile.contains(pieces[index])
        }
        guard index != nil || pieces.contains(where: Self.isFilter) else { return }
        let name = index.map { pieces[$0] }
        let fallback = pieces.dropFirst((index ?? 0) + 1).compactMap(Self.fallback).first
        let way = Self.way(name ?? "first_name", fallback: fallback) ?? Self.written("first_name", fallback: fallback)
        add(
            "'{{\(content.trimmed)}}' is a list of words, and each person gets one of them: write a variable with a fallback as \(way)",
            sign: "{{"
        )
    }

    /// Checks for a variable that dripd accepts but cannot fill, because its name comes from another program.
    private mutating func variable(_ content: String) {
        let name = String(content.prefix { $0 != "," }).trimmed
        guard name.allSatisfy(isNamePart), let variable = Self.variable(name), variable != name,
            name.lowercased() == variable || Self.owners.contains(where: { name.lowercased().hasPrefix($0 + "_") })
        else { return }
        add(
            "no person has a variable '\(name)' unless you set it: for the data from Facebook, write "
                + Self.written(variable, fallback: nil),
            sign: "{{",
            isError: false
        )
    }

    private mutating func add(_ message: String, sign: String, isError: Bool = true) {
        found.append(Found(message: message, isError: isError, sign: sign, offset: position))
    }

    // MARK: Names

    private static let profile: Set<String> = ["full_name", "first_name", "last_name"]

    /// dripd's name → other programs' names, in the form that `variable` looks up.
    private static let names: [(variable: String, names: [String])] = [
        ("first_name", ["first_name", "firstname", "fname", "tên"]),
        ("last_name", ["last_name", "lastname", "lname", "họ"]),
        (
            "full_name",
            [
                "full_name", "fullname", "name", "username", "tên_khách", "tên_khách_hàng", "họ_tên",
                "họ_và_tên",
            ]
        ),
        ("phone", ["phone", "phone_number", "sđt", "số_điện_thoại"]),
        ("email", ["email", "email_address"]),
    ]
    private static let owners = [
        "page_user", "user", "customer", "client", "contact", "subscriber", "fb", "facebook", "messenger",
    ]
    private static let known: [String: String] = {
        var known: [String: String] = [:]
        for (variable, names) in names {
            for name in names {
                known[name] = variable
                for owner in owners { known["\(owner)_\(name)"] = variable }
            }
        }
        return known
    }()

    private static func variable(_ name: some StringProtocol) -> String? {
        guard name.count <= longestName else { return nil }
        let parts = name.lowercased().split { $0.isWhitespace || "_-.".contains($0) }
        return known[parts.joined(separator: "_").precomposedStringWithCanonicalMapping]
    }

    /// Returns whether an entry is unlikely to be a word of a list; 'Email' and 'tên' may be words.
    private static func isName(_ piece: String) -> Bool {
        guard variable(piece) != nil, piece.utf8.allSatisfy({ $0 < 0x80 }) else { return false }
        return piece == piece.lowercased() || piece.contains { !$0.isLetter }
    }

    private static func written(_ variable: String, fallback: String?) -> String {
        let standard = profile.contains(variable) ? "bạn" : "…"
        return "{{\(variable), default: \"\(fallback ?? standard)\"}}"
    }

    private static let filters: Set<String> = [
        "upcase", "downcase", "upper", "lower", "uppercase", "lowercase", "capitalize", "capitalise", "titlecase",
        "capfirst",
        "ucfirst", "default", "fallback", "trim", "strip", "truncate",
    ]

    /// Returns true for `default: "bạn"`, `upcase` and `fallback("bạn")`.
    private static func isFilter(_ piece: String) -> Bool {
        let name = piece.prefix { $0.isLetter }
        let rest = String(piece.dropFirst(name.count)).trimmed
        return filters.contains(name.lowercased())
            && (rest.isEmpty || rest.hasPrefix(":") || rest.hasPrefix("(") || rest.hasPrefix("\""))
    }

    /// Returns the text that such a filter gives people without a name.
    private static func fallback(_ piece: String) -> String? {
        var text = piece[...]
        if isFilter(piece) {
            let name = piece.prefix { $0.isLetter }.lowercased()
            guard name == "default" || name == "fallback" else { return nil }
            text = text.drop { $0.isLetter }
        }
        let word = text.split { " :()\"'“”‘’".contains($0) }.joined(separator: " ")
        return word.isEmpty || word.contains("|") ? nil : word
    }

    // MARK: Characters

    private func isNamePart(_ character: Character) -> Bool {
        character == "_" || character.isLetter || ("0"..."9").contains(character)
    }

    private func isAt(_ sign: String) -> Bool {
        text[position...].prefix(sign.count).elementsEqual(sign)
    }

    /// Returns the position after the next `sign` on the same line.
    private func end(of sign: String, from start: Int, within most: Int = Self.longestBraces) -> Int? {
        let sign = Array(sign)
        var index = start
        while index + sign.count <= text.count, index < start + most, !text[index].isNewline {
            if text[index..<index + sign.count].elementsEqual(sign) { return index + sign.count }
            index += 1
        }
        return nil
    }
}
