/// The keys that a mapping may have.
struct FieldSchema {
    /// What the mapping describes, with its article: "a step".
    let owner: String
    let supported: [String]
    let required: [String]
    /// Keys of the format that this version does not act on yet: to ignore one would be to break what it promises.
    let later: [String]
    /// Where keys belong that are often written here: key → "at the top of the file".
    let elsewhere: [String: String]

    init(
        _ owner: String,
        _ supported: [String],
        required: [String] = [],
        later: [String] = [],
        elsewhere: [String: String] = [:]
    ) {
        self.owner = owner
        self.supported = supported
        self.required = required
        self.later = later
        self.elsewhere = elsewhere
    }
}
