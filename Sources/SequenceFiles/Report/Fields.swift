import DripCore

/// The values of a mapping by key, after its keys have been checked.
struct Fields {
    let place: SourceLocation
    private let fields: [String: YAMLField]
    /// The keys of the mapping, and the keys that misspelled ones probably meant. The latter have been reported as misspelled,
    /// so they must not be reported as missing too.
    private let keys: Set<String>

    /// Reports problems with the keys. nil if the node is not a mapping.
    init?(_ node: YAMLNode, _ schema: FieldSchema, report: inout FileReport) {
        guard case .mapping(let found) = node.content else {
            if case .reported = node.content { return nil }
            report.error("\(schema.owner) must be a mapping ('key: value'), not \(node.kind)", at: node.place)
            return nil
        }
        place = node.place
        var fields: [String: YAMLField] = [:]
        var keys = Set(found.map(\.key))
        for field in found {
            if !schema.keys.contains(field.key) {
                if let meant = Self.refuse(field, schema, report: &report) { keys.insert(meant) }
            } else if field.value.isEmpty {
                report.error("'\(field.key)' is empty", at: field.place)
            } else {
                fields[field.key] = field
            }
        }
        self.fields = fields
        self.keys = keys
        for key in schema.required where !keys.contains(key) {
            report.error("\(schema.owner) needs '\(key)'", at: place)
        }
        reportChoice(schema, found, &report)
    }

    /// Reports an error unless exactly one of the mutually exclusive keys is present.
    private func reportChoice(_ schema: FieldSchema, _ found: [YAMLField], _ report: inout FileReport) {
        guard !schema.oneOf.isEmpty else { return }
        let chosen = found.filter { schema.oneOf.contains($0.key) }
        if chosen.isEmpty, !schema.oneOf.contains(where: keys.contains) {
            report.error("\(schema.owner) needs \(Words.either(schema.oneOf))", at: place)
        }
        for field in chosen.dropFirst() {
            report.error(
                "\(schema.owner) can have only one of \(Words.list(schema.oneOf)): '\(chosen[0].key)' is already set",
                at: field.place
            )
        }
    }

    subscript(key: String) -> YAMLNode? {
        fields[key]?.value
    }

    /// Returns whether the key is present, even if it is misspelled or its value is unusable.
    func has(_ key: String) -> Bool {
        keys.contains(key)
    }

    /// Returns a key's location, or the mapping's if the key is missing.
    func place(of key: String) -> SourceLocation {
        fields[key]?.place ?? place
    }

    /// Reports a key that the schema does not know. Returns the key that was probably meant.
    private static func refuse(_ field: YAMLField, _ schema: FieldSchema, report: inout FileReport) -> String? {
        if let home = schema.elsewhere[field.key] {
            report.error("'\(field.key)' does not belong in \(schema.owner) but \(home)", at: field.place)
            return nil
        }
        if let first = field.key.unicodeScalars.first,
            StrangeCharacter.isSpace(first) || StrangeCharacter.isInvisible(first)
        {
            report.error(
                "'\(StrangeCharacter.plain(field.key).trimmed)' is indented by \(StrangeCharacter.name(of: first)): YAML takes "
                    + "plain spaces only",
                at: field.place
            )
            return nil
        }
        // The search for the nearest word is slow, so it is skipped once the report is full.
        let nearest = report.isFull ? nil : Spelling.nearest(to: field.key, of: schema.keys)
        report.error("unknown key '\(field.key)' in \(schema.owner)", at: field.place, suggestion: nearest)
        return nearest
    }
}
