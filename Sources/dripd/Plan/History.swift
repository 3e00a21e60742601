import ArgumentParser
import ControlAPI
import Foundation

struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the versions that came into force, or print one of them.",
        discussion: "Every version that was ever in force stays in the database."
    )

    @OptionGroup var control: ControlOptions

    @Argument(help: "List only this sequence.", completion: Completions.sequences)
    var sequence: String?

    @Option(help: "List at most this many.")
    var limit = 100

    @Option(
        help: ArgumentHelp(
            "Print the file of the version with this hash. The first digits of it are enough.",
            valueName: "version"
        )
    )
    var show: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let client = try control.client
        if let show {
            let file: VersionFile = try await client.get("/history/file", query: ["version": show])
            if json { return try JSONOutput.print(file) }
            return try Output.standard.exact(file.content)
        }
        var query = ["limit": "\(limit)"]
        query["sequence"] = sequence
        let records: [AdoptionRecord] = try await client.get("/history", query: query)
        if json { return try JSONOutput.print(records) }
        guard !records.isEmpty else { return try Output.standard.line("nothing has come into force yet") }
        let zone = try await ControlOptions.zone(client)
        var table = TextTable(["WHEN", "SEQUENCE", "CHANGE", "VERSION", "COMMIT", "FILE"])
        for record in records {
            table.add([
                LocalTime.text(record.at, zone), record.sequence, record.change.rawValue,
                record.hash.map { String($0.prefix(12)) } ?? "-", record.commit.map(CommitFormatter.short) ?? "-",
                record.file ?? "-",
            ])
        }
        try Output.standard.table(table)
    }
}

/// The git commit of a version. The database stores its hash in hex, then a note such as `+ changes`.
enum CommitFormatter {
    /// Returns the commit with a short hash: `c2e5945f01ab + changes`.
    static func short(_ commit: String) -> String {
        let name = commit.prefix { $0 != " " }
        return String(name.prefix(12) + commit.dropFirst(name.count))
    }
}
