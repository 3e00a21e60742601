import DripCore
import DripStore
import Foundation

/// A person as a line of a table in a file.
enum PersonColumns {
    private static let attributes = ["full_name", "first_name", "last_name", "phone", "email"]

    static let names =
        ["page", "person"] + attributes
        + [
            "zone", "tags", "first_message", "last_message", "window_ends", "stopped", "paused", "unreachable",
            "under_way", "attributes",
        ]

    /// - Returns: as many as there are names.
    static func values(of person: PersonSummary) throws -> [String] {
        let others = person.attributes.filter { !attributes.contains($0.key) }
        let times = [person.firstMessageAt, person.lastWroteAt, person.windowEnds, person.stoppedAt, person.pausedAt]
        return [person.page, person.person] + attributes.map { person.attributes[$0] ?? "" }
            + [person.zone ?? "", person.tags.joined(separator: ",")] + times.map { $0?.description ?? "" }
            + [
                person.unreachable ?? "", person.underWay.joined(separator: " "),
                others.isEmpty ? "" : try JSONOutput.line(others),
            ]
    }
}
