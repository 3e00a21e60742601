import ArgumentParser
import DripCore
import DripEngine
import DripStore
import Foundation
import SequenceFiles
import WebServer

struct PeopleImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take people from a file: a table (CSV), or ids alone, one a line.",
        discussion: """
            The first line of a table names its columns; all but `person` may be missing:
              person               the id on the page (PSID)
              page                 the page's id
              full_name, first_name, last_name, phone, email
              zone                 Asia/Ho_Chi_Minh
              tags                 'vip khách-quen'
              first_message, last_message, stopped
                                   times: 2026-11-22T10:00:00+07:00
              {{city}}             an attribute of your own, as texts write it
            What `dripd people list --format csv` wrote is such a table. Lines of ids are ID or PAGE/ID.

            Nobody is enrolled, also by their tags, without --enroll; a tag that ends a sequence does end it. Only who \
            wrote in the last 24 hours, as last_message says, can be written to before they write again. Who has neither \
            first_message nor last_message and writes counts as somebody new. Names, phone and e-mail only fill what is \
            unknown: what the platform or the person said stays. `stopped` holds for good. An empty cell changes nothing.

            The whole file is checked first, and where anything is wrong nobody is taken. Up to \(ControlServer.importLimit) people \
            are one transaction; of more, each \(ControlServer.importLimit) are. Importing a file once more changes nothing more.
            """
    )

    @OptionGroup var control: ControlOptions

    @Argument(help: "The file; - for standard input.")
    var file: String

    @Option(help: "The page of those for whom the file says none. Default: the only one.")
    var page: String?

    @Option(
        help: ArgumentHelp("Enrol them in this sequence, from now on: those who never were.", valueName: "sequence")
    )
    var enroll: String?

    @Flag(help: "Change nothing, and say what would be.")
    var check = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let people = try read()
        let client = try control.client
        let parts = stride(from: 0, to: people.count, by: ControlServer.importLimit).map { start in
            Array(people[start..<min(start + ControlServer.importLimit, people.count)])
        }
        func take(isTrial: Bool) async throws -> ImportReport {
            var sum = ImportReport()
            for part in parts {
                do {
                    let order = ImportOrder(people: part, sequence: enroll, isTrial: isTrial)
                    sum = try await sum + client.post("/people/import", order)
                } catch let failure as Failure where !isTrial && sum.people > 0 {
                    throw Failure("\(failure)\nThe first \(sum.people) are imported; the same command does the rest.")
                }
                if !isTrial, parts.count > 1 { Terminal.writeError("\(sum.people) of \(people.count)\n") }
            }
            return sum
        }
        // One transaction is a check of its own.
        if check || parts.count > 1 {
            let report = try await take(isTrial: true)
            if check { return try show(report) }
        }
        try show(try await take(isTrial: false))
    }

    private func read() throws -> [PersonRecord] {
        let read: PeopleFile
        if file == "-" {
            let bytes = try FileHandle.standardInput.read(upToCount: PeopleFile.longestBytes + 1) ?? Data()
            guard bytes.count <= PeopleFile.longestBytes else { throw Failure("standard input is too long: split it") }
            read = PeopleFile(bytes: Array(bytes), path: "-", page: page)
        } else {
            read = PeopleFile.load(path: file, page: page)
        }
        guard read.diagnostics.isEmpty else {
            throw Failure(
                (read.diagnostics.map(\.description) + ["nobody was imported"]).joined(separator: "\n")
            )
        }
        return read.people
    }

    private func show(_ report: ImportReport) throws {
        if json { return try JSONOutput.print(report) }
        print(ImportText(report, isTrial: check).lines.joined(separator: "\n"))
    }
}
