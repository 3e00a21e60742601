/// What may stand behind a key: as much of it as the editors' JSON Schema can say. Never stricter than the readers.
indirect enum ValueSchema: Sendable {
    /// Any text, one that looks like a number or an answer too: readers take it as it stands.
    case text
    /// A name that this regular expression (of ECMAScript) describes; it may look like a number.
    case name(pattern: String)
    /// A text that this regular expression (of ECMAScript) describes, and that no number can be.
    case pattern(String)
    case words([String])
    case whole(ClosedRange<Int>)
    /// One of these, with or without quotes.
    case truth([Bool])
    case list(of: ValueSchema, ClosedRange<Int>)
    case mapping(FieldSchema)
    case choice(ChoiceSchema)
    /// A mapping with keys of one's own.
    case texts
    case either([ValueSchema])
}
