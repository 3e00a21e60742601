import DripCore

/// `outside_window:`, the ways that a step takes when the platform's window is closed.
enum OutsideWindowReader {
    static func read(_ fields: Fields, _ context: StepContext, _ report: inout FileReport) -> [OutsideWindow] {
        var ways: [OutsideWindow] = []
        var seen: Set<String> = []
        for entry in report.list(fields, "outside_window") ?? [] {
            if let ended = entry.firstWord.flatMap(PlatformRules.ended) {
                report.error(ended.description, at: entry.place)
                continue
            }
            guard let choice = report.choice(entry, StepSchema.outsideWindow) else { continue }
            let name = choice.name
            if !seen.insert(name).inserted {
                report.error("'\(name)' stands here a second time", at: entry.place)
            } else if seen.contains("wait"), name != "wait" {
                report.error("'\(name)' behind 'wait' can never be reached: 'wait' must stand last", at: entry.place)
            }
            guard let way = way(choice, context, &report) else { continue }
            ways.append(way)
        }
        return ways
    }

    private static func way(
        _ choice: Choice,
        _ context: StepContext,
        _ report: inout FileReport
    ) -> OutsideWindow? {
        switch choice {
        case .word:
            return .marketing
        case .field(let field) where field.key == "one_time":
            return report.value(field) { (text) throws(Fault) -> OutsideWindow in
                guard text.wholeMatch(of: /[A-Za-z0-9_.:-]{1,200}/) != nil else {
                    throw Fault("'\(text)' is not a topic: that is the payload with which the person was asked")
                }
                return .oneTime(topic: text)
            }
        case .field(let field) where field.key == "wait":
            return report.value(field) { (text) throws(Fault) -> OutsideWindow in
                let time = try OffsetText.parse(text)
                guard time.count > 0 else { throw Fault("'\(text)' waits for nobody: leave 'wait' out") }
                return .wait(time.nominal)
            }
        case .field(let field):
            if context.purpose == .promotion {
                report.error(
                    "a utility template cannot be used with 'purpose: promotion': the platform forbids advertising in it",
                    at: field.place
                )
            }
            return UtilityReader.read(field.value, context, &report).map(OutsideWindow.utility)
        }
    }
}

extension YAMLNode {
    /// The word that it is, or its only key.
    fileprivate var firstWord: String? {
        switch content {
        case .scalar(let scalar): scalar.text.trimmed
        case .mapping(let fields) where fields.count == 1: fields[0].key
        case .mapping, .list, .reported: nil
        }
    }
}

extension Choice {
    fileprivate var name: String {
        switch self {
        case .word(let word): word
        case .field(let field): field.key
        }
    }
}
