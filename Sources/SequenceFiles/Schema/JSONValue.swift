/// JSON whose keys keep the order in which they were written: a schema is read by people, too.
indirect enum JSONValue {
    case text(String)
    case number(Int)
    case truth(Bool)
    case list([JSONValue])
    case object([(key: String, value: JSONValue)])

    /// Over several lines, but for what fits into one.
    func text(indent: Int = 0) -> String {
        let line = line
        guard line.count + indent > Self.longestLine else { return line }
        let inner = String(repeating: " ", count: indent + 2)
        let outer = String(repeating: " ", count: indent)
        switch self {
        case .text, .number, .truth: return line
        case .list(let values):
            return "[\n" + values.map { inner + $0.text(indent: indent + 2) }.joined(separator: ",\n") + "\n\(outer)]"
        case .object(let fields):
            let lines = fields.map { "\(inner)\(Self.quoted($0.key)): \($0.value.text(indent: indent + 2))" }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(outer)}"
        }
    }

    private static let longestLine = 100

    private var line: String {
        switch self {
        case .text(let text): Self.quoted(text)
        case .number(let number): "\(number)"
        case .truth(let truth): "\(truth)"
        case .list(let values): "[" + values.map(\.line).joined(separator: ", ") + "]"
        case .object(let fields):
            "{" + fields.map { "\(Self.quoted($0.key)): \($0.value.line)" }.joined(separator: ", ") + "}"
        }
    }

    /// RFC 8259, section 7: what must be escaped, and no more.
    static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case "\n": "\\n"
            case "\t": "\\t"
            case _ where scalar.value < 0x20:
                "\\u" + String(repeating: "0", count: scalar.value < 0x10 ? 3 : 2) + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
    }
}
