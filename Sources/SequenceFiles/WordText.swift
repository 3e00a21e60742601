/// One of a few words.
enum WordText {
    /// For an enum whose cases are the words.
    static func parse<Value: CaseIterable & RawRepresentable<String>>(_ text: String) throws(Fault) -> Value {
        guard let value = Value(rawValue: text) else {
            let words = Value.allCases.map(\.rawValue)
            throw Fault(
                "'\(text)' is not one of: \(words.joined(separator: ", "))",
                suggestion: Spelling.nearest(to: text, of: words)
            )
        }
        return value
    }

    /// `true` or `false`: these are texts in our files.
    static func truth(_ text: String) throws(Fault) -> Bool {
        switch text {
        case "true": return true
        case "false": return false
        default:
            let meant = ["yes": "true", "on": "true", "no": "false", "off": "false"][text.lowercased()]
            throw Fault(
                "'\(text)' is not one of: true, false",
                suggestion: meant ?? Spelling.nearest(to: text, of: ["true", "false"])
            )
        }
    }
}
