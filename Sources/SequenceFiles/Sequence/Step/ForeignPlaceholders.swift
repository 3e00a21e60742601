import DripCore
import Foundation

/// Variables as other programs write them. People would get them as they are, or one word of a list that was meant as a fallback.
///
/// Known are those of ManyChat, Chatfuel, AhaChat, Pancake and of Liquid, which many others take over.
struct ForeignPlaceholders {
    struct Found: Hashable {
        let message: String
        let isError: Bool
        /// What begins there: it is looked for in the file.
        let sign: String
        /// In characters, into the text.
        let offset: Int
    }

    /// More of one text would tell nothing new.
    private static let most = 8

    private(set) var found: [Found] = []
    private let text: [Character]
    private var position = 0

    init(in text: String) {
        self.text = Array(text)
        while position < self.text.count, found.count < Self.most { step() }
    }

    /// How a variable is written that another program calls by this name; nil where it is none of those that are known.
    /// - Parameter name: `first name`, `FIRST_NAME`, `user_first_name`.
    static func way(_ name: some StringProtocol, fallback: String? = nil) -> String? {
        variable(name).map { written($0, fallback: fallback) }
    }

    // MARK: Walking

    private mutating func step() {
        if isAt(#"\{{"#) {
            // Written as text on purpose.
            position = end(of: "}}", from: position + 3, within: Self.longestName) ?? position + 3
        } else if isAt("{{") {
            let end = end(of: "}}", from: position + 2)
            if let end { list(String(text[position + 2..<end - 2])) }
            position = end ?? position + 2
        } else if isAt("{%") {
            add(
                "'{% … %}' is another program's: people would get it as it is here; who gets a step says 'only_if', and "
                    + "a variable with a fallback is written {{first_name, default: \"bạn\"}}",
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

    /// Not '[tên]' or '<tên>': so shops write what people are to answer.
    private static let pairs: [Character: Character] = ["{": "}", "%": "%"]
    /// Of a name in brackets.
    private static let longestName = 40
    /// Of what is within `{{…}}`: longer texts are refused anyway.
    private static let longestBraces = MessengerLimits.textCharacters

    /// `{name}`, `#{name}`, `${name}`, `%first name%`.
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
            "people would get '\(written)' as it is here: the variable is written \(way)",
            sign: String(text[position]),
            // An order form may hold '{tên}'.
            isError: content.allSatisfy(\.isASCII)
        )
        position += content.count + 2
    }

    /// A name that is no word of any language: `first_name`.
    private mutating func word() {
        let start = position
        while position < text.count, isNamePart(text[position]) { position += 1 }
        let word = String(text[start..<position])
        // In an address it is a parameter of its own.
        let isInAddress = position < text.count && text[position] == "="
        guard Self.profile.contains(word.lowercased()), !isInAddress, let way = Self.way(word) else { return }
        position = start
        add("people would get '\(word)' as it is here: the variable is written \(way)", sign: word)
        position = start + word.count
    }

    /// What is within `{{…}}`.
    private mutating func list(_ content: String) {
        guard content.contains("|") else { return variable(content) }
        let pieces = content.split(separator: "|", omittingEmptySubsequences: false).map { String($0).trimmed }
        let index = pieces.indices.first { index in
            // 'email' can be a word of a list; as the first one, before a fallback, it hardly is.
            index == 0 ? Self.isName(pieces[0]) : Self.profile.contains(pieces[index])
        }
        guard index != nil || pieces.contains(where: Self.isFilter) else { return }
        let name = index.map { pieces[$0] }
        let fallback = pieces.dropFirst((index ?? 0) + 1).compactMap(Self.fallback).first
        let way = Self.way(name ?? "first_name", fallback: fallback) ?? Self.written("first_name", fallback: fallback)
        add(
            "'{{\(content.trimmed)}}' is a list of words, of which people get one: a variable with a fallback is written \(way)",
            sign: "{{"
        )
    }

    /// A variable that dripd takes, and never fills: its name is that of another program.
    private mutating func variable(_ content: String) {
        let name = String(content.prefix { $0 != "," }).trimmed
        guard name.allSatisfy(isNamePart), let variable = Self.variable(name), variable != name,
            name.lowercased() == variable || Self.owners.contains(where: { name.lowercased().hasPrefix($0 + "_") })
        else { return }
        add(
            "no person has a variable '\(name)' unless you give it to them: what Facebook tells of people is written "
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

    /// Ours → theirs, as `normalized` gives them.
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

    /// Whether it can hardly be a word of a list: 'Email' and 'tên' can.
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

    /// `default: "bạn"`, `upcase`, `fallback("bạn")`.
    private static func isFilter(_ piece: String) -> Bool {
        let name = piece.prefix { $0.isLetter }
        let rest = String(piece.dropFirst(name.count)).trimmed
        return filters.contains(name.lowercased())
            && (rest.isEmpty || rest.hasPrefix(":") || rest.hasPrefix("(") || rest.hasPrefix("\""))
    }

    /// What such a piece gives people who have no name.
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

    /// Behind the next `sign` of the same line.
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
