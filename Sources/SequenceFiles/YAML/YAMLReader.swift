import Yams

/// A file's text → `YAMLNode`, through the parser of Yams. Everything of YAML that these files do not need is an error.
struct YAMLReader {
    static let deepest = 32
    static let mostNodes = 20_000
    static let mostRepeatedKeys = 8

    private let source: SourceText
    /// The places of keys that were replaced because they stand in their mapping for a second time.
    private let masked: Set<Place>
    private var report: FileReport
    private var nodes = 0
    private var refused: Set<Place> = []

    /// nil when there is nothing that can be looked at further; why has been reported.
    static func read(_ source: SourceText, report: inout FileReport) -> YAMLNode? {
        if let alias = AliasScan.firstOfTooMany(in: source) {
            report.error(Self.noAnchors, at: alias)
            return nil
        }
        var text = source
        var masked: Set<Place> = []
        while true {
            do {
                let parser = try Parser(yaml: text.text, resolver: .basic, encoding: .utf8)
                // A node's anchor is weak: it lives as long as the parser.
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
                // The parser stops here. To find what else is wrong, the second key is masked, and the file read again.
                let repeated = RepeatedKey(keys.first ?? "", first: context.mark, in: text)
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

    private init(source: SourceText, masked: Set<Place>, report: FileReport) {
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
                refuse("a text that begins with '{{' must stand in quotes or below 'text: |'", at: place)
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
        + "'&' or '*' must stand in quotes"

    private mutating func refuseAnchorAndTag(at place: Place, in node: Node) {
        // A value behind an anchor or a tag begins, for the parser, with that.
        switch source.rest(at: place).first {
        case "&" where node.anchor != nil: refuse(Self.noAnchors, at: place)
        case "!":
            refuse("tags ('!name') are not supported; a text that begins with '!' must stand in quotes", at: place)
        default: break
        }
    }

    /// Reports once a place: an alias brings its anchor's value, with its place, again.
    private mutating func refuse(_ message: String, at place: Place) {
        if refused.insert(place).inserted { report.error(message, at: place) }
    }

    private mutating func warnAboutComment(after text: String, at place: Place) {
        guard !report.isFull, let comment = source.gluedComment(after: text, at: place) else { return }
        let word = source.rest(at: comment).prefix { !$0.isWhitespace }
        report.warning(
            "the text ends before '\(word)', which is a comment to YAML: put the text in quotes, or write the comment as "
                + "'# \(word.dropFirst())'",
            at: comment
        )
    }

    private func place(of node: Node) -> Place {
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
