/// The keys that a mapping may have: for its reader, and for the editors' JSON Schema.
struct FieldSchema: Sendable {
    /// One key and what stands behind it.
    struct Field: Sendable {
        let key: String
        /// What an editor shows beside the key.
        let about: String
        let value: ValueSchema

        init(_ key: String, _ about: String, _ value: ValueSchema) {
            self.key = key
            self.about = about
            self.value = value
        }
    }

    /// What the mapping describes, with its article: "a step".
    let owner: String
    let fields: [Field]
    let required: [String]
    /// Exactly one of these has to be there; empty: there is no such choice.
    let oneOf: [String]
    /// Where keys belong that are often written here: key → "at the top of the file".
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

    /// For a file that no JSON Schema describes.
    init(_ owner: String, _ keys: [String], required: [String] = [], elsewhere: [String: String] = [:]) {
        self.init(owner, fields: keys.map { Field($0, "", .text) }, required: required, elsewhere: elsewhere)
    }
}
