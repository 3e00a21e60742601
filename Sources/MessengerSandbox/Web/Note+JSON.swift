extension Note {
    /// As `GET /sandbox/notes` has it.
    var json: JSON {
        [
            "number": .integer(Int64(number)), "at": .integer(at), "person": .string(person),
            "kind": .string(kind.rawValue), "text": .string(text),
        ]
    }
}
