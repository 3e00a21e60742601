/// A value that is one word or one `key: value`: for its reader, and for the editors' JSON Schema.
struct ChoiceSchema: Sendable {
    /// A word and what it means.
    struct Word: Sendable {
        let word: String
        let about: String

        init(_ word: String, _ about: String) {
            self.word = word
            self.about = about
        }
    }

    /// What it describes, without its article: "start".
    let noun: String
    let words: [Word]
    let fields: [FieldSchema.Field]
    /// For each key, how it is written: `ref: spring`.
    let examples: [String: String]

    init(
        _ noun: String,
        words: [Word] = [],
        fields: [FieldSchema.Field],
        examples: [String: String]
    ) {
        self.noun = noun
        self.words = words
        self.fields = fields
        self.examples = examples
    }

    var known: [String] { words.map(\.word) + fields.map(\.key) }

    /// With "a" or "an".
    var owner: String { ("aeiou".contains(noun.prefix(1)) ? "an " : "a ") + noun }
}
