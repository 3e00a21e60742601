/// The keys that a mapping may have. Its reader and the editors' JSON Schema use it.
struct FieldSchema: Sendable {
    /// A key and the schema of its value.
    struct Field: Sendable {
        let key: String
        /// The description that an editor shows for the key.
        let about: String
        let value: ValueSchema

        init(_ key: String, _ about: String, _ value: ValueSchema) {
            self.key = key
            self.about = about
            self.value = value
        }
    }

    /// The name of the mapping, with its article: "a step".
    let owner: String
    let fields: [Field]
    let required: [String]
    /// If this is not empty, exactly one of these keys is required.
    let oneOf: [String]
    /// The right place for keys that are often written here by mistake: key → "at the top of the file".
    let elsewhere: [String: String]
    let keys: [String]

    init(
        _ owner: String,
        fields: [Field],
        required: [String] = [],
        oneOf: [String] = [],
        elsewhere: [String: String] = [:]
    ) {
        self.owner = owner
        self.fields = fields
        self.required = required
        self.oneOf = oneOf
        self.elsewhere = elsewhere
        keys = fields.map(\.key)
    }

    /// Creates the schema of a file that has no JSON Schema.
    init(_ owner: String, _ keys: [String], required: [String] = [], elsewhere: [String: String] = [:]) {
        self.init(owner, fields: keys.map { Field($0, "", .text) }, required: required, elsewhere: elsewhere)
    }
}

/// A value that is one word or one `key: value`. Its reader and the editors' JSON Schema use it.
struct ChoiceSchema: Sendable {
    /// A word and its description.
    struct Word: Sendable {
        let word: String
        let about: String

        init(_ word: String, _ about: String) {
            self.word = word
            self.about = about
        }
    }

    /// The name of the value, without its article: "start".
    let noun: String
    let words: [Word]
    let fields: [FieldSchema.Field]
    /// An example value for each key: `ref: spring`.
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

    /// The noun with "a" or "an".
    var owner: String { ("aeiou".contains(noun.prefix(1)) ? "an " : "a ") + noun }
}

/// The values that a key accepts, as far as a JSON Schema can express them. Never stricter than the readers.
indirect enum ValueSchema: Sendable {
    /// Any text, including one that looks like a number or a Boolean: readers take it as written.
    case text
    /// A name that matches this ECMAScript regular expression; it may look like a number.
    case name(pattern: String)
    /// A text that matches this ECMAScript regular expression, which no number does.
    case pattern(String)
    case words([String])
    case whole(ClosedRange<Int>)
    /// One of these, with or without quotes.
    case truth([Bool])
    case list(of: ValueSchema, ClosedRange<Int>)
    case mapping(FieldSchema)
    case choice(ChoiceSchema)
    /// A mapping of arbitrary keys to texts.
    case texts
    case either([ValueSchema])
}
