import DripCore

/// Reading a value of the kind that its key wants. Each returns nil for a value that is missing, and for one that it
/// has reported.
extension FileReport {
    mutating func scalar(_ fields: Fields, _ key: String) -> YAMLScalar? {
        guard let node = fields[key] else { return nil }
        return scalar(node, as: "'\(key)'")
    }

    mutating func scalar(_ node: YAMLNode, as name: String) -> YAMLScalar? {
        switch node.content {
        case .reported: return nil
        case .scalar(let scalar):
            guard scalar.text.contains(where: { !$0.isWhitespace }) else {
                error("\(name) is empty", at: node.place)
                return nil
            }
            return scalar
        case .list, .mapping:
            error("\(name) must be a text, not \(node.kind)", at: node.place)
            return nil
        }
    }

    mutating func text(_ fields: Fields, _ key: String) -> String? {
        guard let node = fields[key] else { return nil }
        return text(node, as: "'\(key)'")
    }

    mutating func text(_ node: YAMLNode, as name: String) -> String? {
        scalar(node, as: name).map { $0.text.trimmed }
    }

    /// A text that a function makes sense of, or says why not.
    mutating func value<Value>(
        _ fields: Fields,
        _ key: String,
        _ parse: (String) throws(Fault) -> Value
    ) -> Value? {
        guard let node = fields[key], let text = text(node, as: "'\(key)'") else { return nil }
        return value(text, at: node.place, parse)
    }

    mutating func value<Value>(
        _ text: String,
        at place: Place,
        _ parse: (String) throws(Fault) -> Value
    ) -> Value? {
        do {
            return try parse(text)
        } catch {
            self.error(error.message, at: place, suggestion: error.suggestion)
            return nil
        }
    }

    /// Refuses characters in a phrase that people do not type: no message would ever match it.
    mutating func checkTyped(_ text: String, as name: String, at place: Place) {
        check(text, as: name, wrong: "which people do not type", at: place)
    }

    /// Refuses characters in a path or a name that its author cannot see, and quotation marks that are none of YAML.
    mutating func checkVisible(_ text: String, as name: String, at place: Place) {
        check(text, as: name, wrong: "which cannot be seen", at: place)
    }

    private mutating func check(_ text: String, as name: String, wrong: String, at place: Place) {
        if let invisible = StrangeCharacter.invisible(in: text) {
            mistake("\(name) holds \(invisible), \(wrong): delete it", at: place)
        } else if let mark = StrangeCharacter.quotation(around: text) {
            mistake(
                "\(name) begins or ends with \(mark), which YAML takes as part of the text: write \" or leave it out",
                at: place
            )
        }
    }

    /// The value of one `key: value`.
    mutating func value<Value>(_ field: YAMLField, _ parse: (String) throws(Fault) -> Value) -> Value? {
        text(field.value, as: "'\(field.key)'").flatMap { value($0, at: field.value.place, parse) }
    }

    /// The name of another sequence.
    mutating func sequence(_ node: YAMLNode, as name: String) -> String? {
        guard let text = text(node, as: name), let id = value(text, at: node.place, IdentityText.parse) else {
            return nil
        }
        refer(to: id, at: node.place)
        return id
    }

    /// A list with at least one entry.
    mutating func list(_ fields: Fields, _ key: String) -> [YAMLNode]? {
        guard let node = fields[key] else { return nil }
        switch node.content {
        case .reported: return nil
        case .list(let entries):
            guard entries.isEmpty else { return entries }
            error("'\(key)' is empty", at: node.place)
            return nil
        case .scalar, .mapping:
            error("'\(key)' must be a list, not \(node.kind): each entry begins with '- '", at: node.place)
            return nil
        }
    }
}
