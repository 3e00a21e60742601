/// One thing that `dripd doctor` looked at.
struct Finding: Encodable, Hashable {
    enum Level: String, Encodable {
        case ok
        case warning
        case error
    }

    /// A bounded word.
    let check: String
    let level: Level
    let text: String
    /// What the operator can do; nil where nothing is to be done.
    let todo: String?

    static func ok(_ check: String, _ text: String) -> Finding {
        Finding(check: check, level: .ok, text: text, todo: nil)
    }

    static func warning(_ check: String, _ text: String, _ todo: String) -> Finding {
        Finding(check: check, level: .warning, text: text, todo: todo)
    }

    static func error(_ check: String, _ text: String, _ todo: String) -> Finding {
        Finding(check: check, level: .error, text: text, todo: todo)
    }

    var lines: [String] {
        ["\(level.rawValue.padded(to: 7))  \(check.padded(to: 13))  \(text)"]
            + (todo.map { [String(repeating: " ", count: 24) + "→ \($0)"] } ?? [])
    }
}
