import ArgumentParser
import ControlAPI
import DripCore
import Foundation

/// How the commands that take a person describe them.
enum PersonReferenceHelp {
    static let person = ArgumentHelp("The person: an id on the page (PSID), PAGE/PSID, or CHANNEL:ACCOUNT/ID.")
}

/// The operator's words for a change that is hard to undo: a proof, or where something can be looked up.
enum RecordedWords {
    static func check(_ text: String, _ option: String) throws {
        guard (1...LinkRequest.longestProof).contains(text.trimmed.unicodeScalars.count) else {
            throw ValidationError("\(option) must have from 1 to \(LinkRequest.longestProof) characters")
        }
    }
}

/// Asks for confirmation of a change that is hard to undo.
enum Confirmation {
    /// - Parameter description: what would be changed, in lines.
    /// - Throws: `Failure` if the change is not confirmed.
    static func ask(_ description: String) throws {
        guard Questions.canAsk else { throw Failure("\(description)\nConfirm it with --yes") }
        Output.note(description)
        guard try Questions().confirm("Go on?") else { throw Failure("nothing was changed") }
    }

    /// A person in one line: `messenger:1577/1001 (Lan Nguyễn), under way in care, stopped`.
    static func line(_ detail: PersonDetail) -> String {
        let summary = detail.summary
        let facts = [
            summary.underWay.isEmpty ? nil : "under way in \(summary.underWay.joined(separator: " "))",
            summary.stoppedAt == nil ? nil : "stopped", summary.pausedAt == nil ? nil : "paused",
        ].compactMap(\.self)
        let name = summary.attributes["full_name"].map { " (\($0))" } ?? ""
        let addresses = detail.addresses.map(\.address).joined(separator: ", ")
        return TerminalSanitizer.line(([addresses + name] + facts).joined(separator: ", "))
    }
}
