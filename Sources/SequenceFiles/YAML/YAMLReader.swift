import Yams

/// Converts a file's text to a `YAMLNode`, using the Yams parser. YAML features that these files do not need are errors.
struct YAMLReader {
    static let deepest = 32
    static let mostNodes = 20_000
    static let mostRepeatedKeys = 8

    private let source: SourceText
    /// The locations of duplicate keys that were masked.
    private let masked: Set<SourceLocation>
    private var report: FileReport
    private var nodes = 0
    private var refused: Set<SourceLocation> = []

    /// Parses a file. Returns nil if nothing of it is usable; the reason has been reported.
    static func read(_ source: SourceText, report: inout FileReport) -> YAMLNode? {
        if let alias = AliasScan.firstOfTooMany(in: source) {
            report.error(Self.noAnchors, at: alias)
            return nil
        }
        var text = source
        var masked: Set<SourceLocation> = []
        while true {
            do {
                let parser = try Parser(yaml: text.text, resolver: .basic, encoding: .utf8)
                // A node references its anchor weakly, so the parser must outlive the nodes.
                return try withExtendedLifetime(parser) {
                    guard let root = try parser.singleRoot() else {
                        report.error("the file is empty", at: .start)
                        return nil
                    }
                    var reader = YAMLReader(source: source, masked: masked, report: report)
                    defer { report = reader.report }
                    return reader.node(root, depth: 0)
                }
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                // The parser stops here. Mask the duplicate key and parse again, to find the other errors too.
                let repeated = DuplicateKey(keys.first ?? "", first: context.mark, in: text)
                report.error(repeated.message, at: repeated.place)
                guard let without = repeated.masking(number: masked.count), masked.count < mostRepeatedKeys else {
                    return nil
                }
                text = without
                masked.insert(repeated.place)
            } catch {
                let problem = YAMLProblem(error, in: source)
                report.error(problem.message, at: problem.place)
                return nil
            }
        }
    }

    private init(source: SourceText, masked: Set<SourceLocation>, report: FileReport) {
        self.source = source
        self.masked = masked
        self.report = report
    }

    private mutating func node(_ node: Node, depth: Int) -> YAMLNode {
        let place = place(of: node)
        nodes += 1
        guard nodes <= Self.mostNodes, depth <= Self.deepest else {
            refuse(nodes > Self.mostNodes ? "more than \(Self.mostNodes) values" : "nested too deeply", at: place)
            return YAMLNode(content: .reported, place: place)
        }
        refuseAnchorAndTag(at: place, in: node)
        switch node {
        case .scalar(let scalar):
            let style = style(scalar)
            if style == .plain { warnAboutComment(after: scalar.string, at: place) }
            let value = YAMLScalar(text: scalar.string, style: style, hasEscapes: scalar.style == .doubleQuoted)
            return YAMLNode(content: .scalar(value), place: place)
        case .sequence(let list):
            return YAMLNode(content: .list(list.map { self.node($0, depth: depth + 1) }), place: place)
        case .mapping(let mapping):
            guard !source.rest(at: place).hasPrefix("{{") else {
                refuse("a text that begins with '{{' must be in quotes or below 'text: |'", at: place)
                return YAMLNode(content: .reported, place: place)
            }
            return YAMLNode(content: .mapping(fields(mapping, depth: depth)), place: place)
        case .alias:
            refuse(Self.noAnchors, at: place)
            return YAMLNode(content: .reported, place: place)
        }
    }

    private mutating func fields(_ mapping: Node.Mapping, depth: Int) -> [YAMLField] {
        var fields: [YAMLField] = []
        for (key, value) in mapping {
            let place = place(of: key)
            guard nodes < Self.mostNodes, !masked.contains(place) else { continue }
            refuseAnchorAndTag(at: place, in: key)
            guard case .scalar(let scalar) = key else {
                refuse("a key must be one word, not a list or a mapping", at: place)
                continue
            }
            guard scalar.string != "<<" || style(scalar) == .quoted else {
                refuse("merge keys ('<<') are not supported: write the keys out", at: place)
                continue
            }
            fields.append(YAMLField(key: scalar.string, place: place, value: node(value, depth: depth + 1)))
        }
        return fields
    }

    private static let noAnchors =
        "anchors ('&name') and aliases ('*name') are not supported: write the value out; a text that begins with "
        + "'&' or '*' must be in quotes"

    private mutating func refuseAnchorAndTag(at place: SourceLocation, in node: Node) {
        // To the parser, a value with an anchor or a tag begins with that anchor or tag.
        switch source.rest(at: place).first {
        case "&" where node.anchor != nil: refuse(Self.noAnchors, at: place)
        case "!":
            refuse("tags ('!name') are not supported; a text that begins with '!' must be in quotes", at: place)
        default: break
        }
    }

    /// Reports at most one error per location: an alias repeats its anchor's value, with the same location.
    private mutating func refuse(_ message: String, at place: SourceLocation) {
        if refused.insert(place).inserted { report.error(message, at: place) }
    }

    private mutating func warnAboutComment(after text: String, at place: SourceLocation) {
        guard !report.isFull, let comment = source.gluedComment(after: text, at: place) else { return }
        let word = source.rest(at: comment).prefix { !$0.isWhitespace }
        report.warning(
            "the text ends before '\(word)', which is a comment to YAML: put the text in quotes, or write the comment as "
                + "'# \(word.dropFirst())'",
            at: comment
        )
    }

    private func place(of node: Node) -> SourceLocation {
        node.mark.map { source.place(line: $0.line, scalarColumn: $0.column) } ?? .start
    }

    private func style(_ scalar: Node.Scalar) -> YAMLScalar.Style {
        switch scalar.style {
        case .any, .plain: .plain
        case .singleQuoted, .doubleQuoted: .quoted
        case .literal, .folded: .block
        }
    }
}

/// Protects the parser from "billion laughs" files. Yams hashes an alias in a mapping's key together with everything that it
/// refers to, and nested aliases multiply: a few hundred bytes take minutes. So aliases are counted before parsing. The scan
/// cannot tell aliases from text, so it lets a few through: too few to multiply, and the reader refuses the real ones.
enum AliasScan {
    static let harmless = 4

    /// Returns the location of the first `*name` if more than `harmless` of them have a matching `&name` in the file.
    static func firstOfTooMany(in source: SourceText) -> SourceLocation? {
        var anchors: Set<[UInt8]> = []
        for line in source.lines { visit("&", in: line.text) { name, _ in anchors.insert(name) } }
        guard !anchors.isEmpty else { return nil }
        var count = 0
        var first: SourceLocation?
        for (index, line) in source.lines.enumerated() {
            visit("*", in: line.text) { name, offset in
                guard anchors.contains(name) else { return }
                count += 1
                first = first ?? source.place(line: index + 1, scalarColumn: offset + 1)
            }
        }
        return count > harmless ? first : nil
    }

    /// Calls `found` with each name that follows a `sign`, and with the sign's offset in Unicode scalars. Signs within a word
    /// ("Q&A") do not count.
    private static func visit(_ sign: Character, in line: String, found: ([UInt8], Int) -> Void) {
        guard let sign = sign.asciiValue, line.utf8.contains(sign) else { return }
        var offset = 0
        var name: [UInt8] = []
        var nameOffset: Int?
        var isWithinWord = false
        for byte in line.utf8 {
            if let start = nameOffset {
                if isNameByte(byte) {
                    name.append(byte)
                } else {
                    if !name.isEmpty { found(name, start) }
                    nameOffset = nil
                }
            }
            if byte == sign, !isWithinWord {
                nameOffset = offset
                name = []
            }
            isWithinWord = isNameByte(byte) || byte >= 0x80
            // The bytes after a scalar's first begin with the bits 10.
            if byte & 0xc0 != 0x80 { offset += 1 }
        }
        if let start = nameOffset, !name.isEmpty { found(name, start) }
    }

    /// Whether libyaml allows the byte in an anchor's name: letters, digits, '_' and '-'.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}

/// A duplicate key in a mapping. Yams reports the key and its first location; this type finds the second one.
struct DuplicateKey {
    private let name: String
    private let first: SourceLocation
    private let source: SourceText
    private let second: SourceLocation?

    init(_ name: String, first mark: Mark, in source: SourceText) {
        self.name = name
        self.source = source
        first = source.place(line: mark.line, scalarColumn: mark.column)
        second = Self.second(name, after: first, in: source)
    }

    /// The location to report.
    var place: SourceLocation { second ?? first }

    var message: String {
        guard second != nil else { return "duplicate key '\(name)' in the same mapping" }
        return "duplicate key '\(name)'; the first is on line \(first.line)"
    }

    /// Returns the text with the second key replaced by a word of the same length; nil if the second key was not found.
    func masking(number: Int) -> SourceText? {
        guard let second, let mask = Unicode.Scalar(UInt32(0xe000 + number)) else { return nil }
        let line = source.lines[second.line - 1].text
        let quotes = source.rest(at: second).first == name.first ? 0 : 1
        let start = line.index(line.startIndex, offsetBy: second.column - 1 + quotes)
        let end = line.index(start, offsetBy: name.count)
        let length = line[start..<end].unicodeScalars.count
        // A character from the private use area cannot match another key.
        let replacement = String(repeating: Character(mask), count: length)
        return source.replacing(line: second.line, with: String(line[..<start]) + replacement + line[end...])
    }

    private static func second(_ name: String, after first: SourceLocation, in source: SourceText) -> SourceLocation? {
        let before = source.lines[first.line - 1].text.prefix(first.column - 1)
        guard before.allSatisfy({ $0 == " " || $0 == "-" }) else {
            return inFlow(name, after: first, in: source)
        }
        // A block mapping: its keys share one column, and it ends at the first line that is indented less.
        for (index, line) in source.lines.enumerated().dropFirst(first.line) {
            let content = line.text.drop { $0 == " " }
            guard let character = content.first, character != "#" else { continue }
            let column = line.text.count - content.count + 1
            if column < first.column { return nil }
            if column == first.column, isKey(name, at: content) {
                return SourceLocation(line: index + 1, column: column)
            }
        }
        return nil
    }

    /// Finds the next occurrence of the key on the same line, for a mapping in braces.
    private static func inFlow(_ name: String, after first: SourceLocation, in source: SourceText) -> SourceLocation? {
        let rest = source.rest(at: first)
        var before: Character?
        var column = first.column
        for index in rest.indices {
            if before == " " || before == ",", isKey(name, at: rest[index...]) {
                return SourceLocation(line: first.line, column: column)
            }
            before = rest[index]
            column += 1
        }
        return nil
    }

    private static func isKey(_ name: String, at text: Substring) -> Bool {
        for written in [name, "\"\(name)\"", "'\(name)'"] where text.hasPrefix(written) {
            let rest = text.dropFirst(written.count).drop { $0 == " " }
            if rest.first == ":" { return true }
        }
        return false
    }
}
