/// The JSON Schema of a sequence file, for editors: a YAML language server completes keys by it and marks what is wrong.
/// Made from the tables that the readers go by. It is never stricter than these: what it cannot say, `dripd check` does.
package enum JSONSchema {
    /// Ends with a line break. Draft 7 of JSON Schema: the one that the language servers know best.
    package static var text: String {
        let head: [(key: String, value: JSONValue)] = [
            ("$schema", .text("http://json-schema.org/draft-07/schema#")),
            ("$comment", .text("Made by 'dripd check --schema'; do not edit.")),
            ("title", .text("A sequence of dripd")),
        ]
        return JSONValue.object(head + object(SequenceSchema.top)).text() + "\n"
    }

    private static func object(_ schema: FieldSchema) -> [(key: String, value: JSONValue)] {
        var object: [(key: String, value: JSONValue)] = [
            ("type", .text("object")), ("additionalProperties", .truth(false)),
            ("properties", .object(properties(schema.fields))),
        ]
        if !schema.required.isEmpty { object.append(("required", .list(schema.required.map(JSONValue.text)))) }
        if !schema.oneOf.isEmpty {
            object.append(("oneOf", .list(schema.oneOf.map { .object([("required", .list([.text($0)]))]) })))
        }
        return object
    }

    private static func properties(_ fields: [FieldSchema.Field]) -> [(key: String, value: JSONValue)] {
        fields.map { field in
            (field.key, .object([("description", .text(field.about))] + value(field.value)))
        }
    }

    private static func value(_ schema: ValueSchema) -> [(key: String, value: JSONValue)] {
        switch schema {
        case .text: anyText
        case .name(let pattern): anyText + [("pattern", .text(pattern))]
        case .pattern(let pattern): [("type", .text("string")), ("pattern", .text(pattern))]
        case .words(let words): [("enum", .list(words.map(JSONValue.text)))]
        case .whole(let range):
            // As a text, too: to the reader it is one anyway.
            [
                (
                    "anyOf",
                    .list([
                        .object([
                            ("type", .text("integer")), ("minimum", .number(range.lowerBound)),
                            ("maximum", .number(range.upperBound)),
                        ]),
                        .object([("type", .text("string")), ("pattern", .text("^[0-9]+$"))]),
                    ])
                )
            ]
        case .truth(let answers):
            [("enum", .list(answers.map(JSONValue.truth) + answers.map { .text("\($0)") }))]
        case .list(let item, let count): list(of: item, count)
        case .mapping(let schema): object(schema)
        case .choice(let schema): choice(schema)
        case .texts: [("type", .text("object")), ("additionalProperties", .object(anyText))]
        case .either(let schemas): [("anyOf", .list(schemas.map { .object(value($0)) }))]
        }
    }

    /// `12` and `no` are numbers and answers to a language server, and texts to us.
    private static var anyText: [(key: String, value: JSONValue)] {
        [("type", .list([.text("string"), .text("number"), .text("boolean")]))]
    }

    private static func list(of item: ValueSchema, _ count: ClosedRange<Int>) -> [(key: String, value: JSONValue)] {
        [
            ("type", .text("array")), ("minItems", .number(count.lowerBound)), ("maxItems", .number(count.upperBound)),
            ("items", .object(value(item))),
        ]
    }

    private static func choice(_ schema: ChoiceSchema) -> [(key: String, value: JSONValue)] {
        let object: JSONValue = .object([
            ("type", .text("object")), ("additionalProperties", .truth(false)), ("minProperties", .number(1)),
            ("maxProperties", .number(1)), ("properties", .object(properties(schema.fields))),
        ])
        let words = schema.words.map { word in
            JSONValue.object([("const", .text(word.word)), ("description", .text(word.about))])
        }
        return [("anyOf", .list(words + [object]))]
    }
}
