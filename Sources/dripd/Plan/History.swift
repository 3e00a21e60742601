import ArgumentParser
import DripStore
import Foundation

struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List what came into force, and when; show a file as it was.",
        discussion: "Every version that ever was in force stays in the database."
    )

    @OptionGroup var control: ControlOptions

    @Argument(help: "Only this sequence.")
    var sequence: String?

    @Option(help: "At most so many.")
    var limit = 100

    @Option(
        help: ArgumentHelp("Print the file of this version, by its hash or the beginning of it.", valueName: "version")
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
        guard !records.isEmpty else { return try Output.standard.line("nothing came into force yet") }
        let zone = try await ControlOptions.zone(client)
        var table = TextTable(["WHEN", "SEQUENCE", "CHANGE", "VERSION", "COMMIT", "FILE"])
        for record in records {
            table.add([
                LocalTime.text(record.at, zone), record.sequence, record.change.rawValue,
                record.hash.map { String($0.prefix(12)) } ?? "-", record.commit.map(CommitText.short) ?? "-",
                record.file ?? "-",
            ])
        }
        try Output.standard.table(table)
    }
}
