import DripCore

/// A mapping's values by key, its keys being checked.
struct Fields {
    let place: Place
    private let fields: [String: YAMLField]
    /// The keys that are there, and those that misspelt ones were meant to be: to call these missing would be to tell
    /// the author twice.
    private let keys: Set<String>

    /// Reports what is wrong with the keys. nil when the node is no mapping at all.
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

    /// Of keys that exclude each other one has to be there.
    private func reportChoice(_ schema: FieldSchema, _ found: [YAMLField], _ report: inout FileReport) {
        guard !schema.oneOf.isEmpty else { return }
        let chosen = found.filter { schema.oneOf.contains($0.key) }
        if chosen.isEmpty, !schema.oneOf.contains(where: keys.contains) {
            report.error("\(schema.owner) needs \(Words.either(schema.oneOf))", at: place)
        }
        for field in chosen.dropFirst() {
            report.error(
                "\(schema.owner) has one of \(Words.list(schema.oneOf)): '\(chosen[0].key)' is there already",
                at: field.place
            )
        }
    }

    subscript(key: String) -> YAMLNode? {
        fields[key]?.value
    }

    /// Whether the key is there at all, be it misspelt or its value unusable.
    func has(_ key: String) -> Bool {
        keys.contains(key)
    }

    /// Where a key stands; where the mapping stands when it has no such key.
    func place(of key: String) -> Place {
        fields[key]?.place ?? place
    }

    /// Returns the key that was probably meant.
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
        // To look for the nearest word takes its time: not for more keys than are shown.
        let nearest = report.isFull ? nil : Spelling.nearest(to: field.key, of: schema.keys)
        report.error("unknown key '\(field.key)' in \(schema.owner)", at: field.place, suggestion: nearest)
        return nearest
    }
}
