import DripCore

/// A value that is one word or one `key: value`, and that its schema knows.
enum Choice {
    case word(String)
    case field(YAMLField)
}

extension FileReport {
    /// nil when it is neither: it has been reported.
    mutating func choice(_ node: YAMLNode, _ schema: ChoiceSchema) -> Choice? {
        switch node.content {
        case .reported: return nil
        case .scalar(let scalar): return word(scalar.text.trimmed, at: node.place, schema)
        case .mapping(let fields) where fields.count == 1: return field(fields[0], schema)
        case .mapping, .list:
            let example = schema.fields.first.map { "\($0.key): \(schema.examples[$0.key] ?? "…")" } ?? ""
            let form = schema.words.isEmpty ? "one 'key: value'" : "one word or one 'key: value'"
            error("\(schema.owner) must be \(form), such as '\(example)'", at: node.place)
            return nil
        }
    }

    private mutating func word(_ word: String, at place: Place, _ schema: ChoiceSchema) -> Choice? {
        if schema.words.contains(where: { $0.word == word }) { return .word(word) }
        if schema.fields.contains(where: { $0.key == word }) {
            error("'\(word)' needs a value: write '\(word): \(schema.examples[word] ?? "…")'", at: place)
        } else if word.isEmpty {
            error("this \(schema.noun) is empty", at: place)
        } else {
            refuse(word, at: place, schema)
        }
        return nil
    }

    private mutating func field(_ field: YAMLField, _ schema: ChoiceSchema) -> Choice? {
        guard !schema.words.contains(where: { $0.word == field.key }) else {
            error("'\(field.key)' stands alone, without ':'", at: field.place)
            return nil
        }
        guard schema.fields.contains(where: { $0.key == field.key }) else {
            refuse(field.key, at: field.place, schema)
            return nil
        }
        guard !field.value.isEmpty else {
            error("'\(field.key)' is empty", at: field.place)
            return nil
        }
        return .field(field)
    }

    private mutating func refuse(_ word: String, at place: Place, _ schema: ChoiceSchema) {
        let nearest = isFull ? nil : Spelling.nearest(to: word, of: schema.known)
        error("unknown \(schema.noun) '\(word)'", at: place, suggestion: nearest)
    }
}
