/// A value in a YAML file and its location. Covers only what the files need: no anchors, aliases, tags or merge keys.
struct YAMLNode {
    enum Content {
        case scalar(YAMLScalar)
        case list([YAMLNode])
        case mapping([YAMLField])
        /// A value that has already been reported: readers skip it silently.
        case reported
    }

    let content: Content
    let place: SourceLocation

    /// Whether nothing follows the colon.
    var isEmpty: Bool {
        guard case .scalar(let scalar) = content else { return false }
        return scalar.text.isEmpty && scalar.style == .plain
    }

    /// The kind of value, for messages such as "must be a list, not …".
    var kind: String {
        switch content {
        case .scalar: "a text"
        case .list: "a list"
        case .mapping: "a mapping"
        case .reported: "something else"
        }
    }
}

/// One `key: value` of a mapping.
struct YAMLField {
    let key: String
    let place: SourceLocation
    let value: YAMLNode
}

/// A scalar's text exactly as written in the file: `no` and `012` are texts, never a Boolean or a number.
struct YAMLScalar {
    enum Style {
        case plain
        case quoted
        /// After `|` or `>`: the text begins on the next line.
        case block
    }

    let text: String
    let style: Style
    /// Whether the scalar is in double quotes: there `\n` is a line break, and `\\n` is a backslash and an "n".
    let hasEscapes: Bool
}
