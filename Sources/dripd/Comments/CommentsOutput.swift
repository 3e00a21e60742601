import ControlAPI
import DripCore
import Foundation
import SequenceFiles

/// Writes comments to standard output: CSV as it comes, a table or JSON at the end.
struct CommentsOutput {
    enum Form {
        case table
        case csv
        case json
    }

    private let form: Form
    private let zone: TimeZone
    private(set) var count = 0
    private var kept: [CommentSummary] = []

    private static let columns = [
        "comment", "at", "author", "name", "text", "reply", "sequence", "step", "reply_at", "reason",
        "may_be_replied_to",
    ]
    /// The most characters of a comment in the table.
    private static let longestText = 60

    /// - Parameter zone: the zone of the table's times.
    init(form: Form, zone: TimeZone) throws {
        self.form = form
        self.zone = zone
        if form == .csv { try Output.standard.exact(CSV.line(Self.columns)) }
    }

    mutating func add(_ comments: [CommentSummary]) throws {
        count += comments.count
        if form == .csv {
            try Output.standard.exact(comments.map { CSV.line(Self.cells($0).map(CSV.harmless)) }.joined())
        } else {
            kept += comments
        }
    }

    func end() throws {
        switch form {
        case .csv: break
        case .json: try JSONOutput.print(kept)
        case .table where kept.isEmpty: try Output.standard.line("no comments match")
        case .table: try Output.standard.table(table(kept))
        }
    }

    private func table(_ comments: [CommentSummary]) -> TextTable {
        var table = TextTable(["WHEN", "AUTHOR", "COMMENT", "REPLY"])
        for comment in comments {
            table.add([
                LocalTime.text(comment.at, zone), comment.name ?? comment.author ?? "-",
                comment.text.map(Self.shortened) ?? "-", reply(to: comment),
            ])
        }
        return table
    }

    private static func shortened(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count > longestText ? line.prefix(longestText - 1) + "…" : line
    }

    private func reply(to comment: CommentSummary) -> String {
        guard let reply = comment.reply else {
            // The team replied by hand, or the seven days are over.
            return comment.mayBeRepliedTo == false ? "none, and no longer possible" : "none"
        }
        let way = reply.step.map { "\(reply.sequence)/\($0)" } ?? reply.sequence
        let at = reply.at.map { LocalTime.text($0, zone) } ?? ""
        return switch reply.state {
        case .sent: "\(way) sent \(at)"
        case .inDoubt: "\(way) in doubt since \(at)"
        case .waiting: "\(way) waits until \(at)"
        case .none: "none: \(way) ended\(reply.reason.map { " (\($0))" } ?? "")"
        }
    }

    private static func cells(_ comment: CommentSummary) -> [String] {
        let reply = comment.reply
        return [
            comment.id, comment.at.description, comment.author ?? "", comment.name ?? "", comment.text ?? "",
            reply?.state.rawValue ?? "", reply?.sequence ?? "", reply?.step ?? "", reply?.at?.description ?? "",
            reply?.reason ?? "", comment.mayBeRepliedTo.map { "\($0)" } ?? "",
        ]
    }
}
