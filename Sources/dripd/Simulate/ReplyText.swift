import DripCore
import DripEngine
import SequenceFiles

/// `--reply`: `3 days`, `+3 days`, `3 days: còn hàng không?`.
enum ReplyText {
    static func parse(_ text: String) throws -> Scenario.Reply {
        let pieces = text.split(separator: ":", maxSplits: 1).map(String.init)
        let said = pieces.dropFirst().first.map { String($0.drop { $0 == " " }) } ?? ""
        return Scenario.Reply(
            after: try CommandLineText.offset(pieces.first ?? ""),
            text: said.isEmpty ? nil : said
        )
    }
}
