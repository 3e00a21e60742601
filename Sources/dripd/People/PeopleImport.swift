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
            unknown: what the platform or the person said stays. `stopped` holds until it is taken back (`dripd people resume`). An empty cell changes nothing.

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
        if check { return try show(try await take(parts, isTrial: true, client)) }
        // One transaction is a check of its own.
        if parts.count > 1 { try await askBeforehand(people, parts, client) }
        try show(try await take(parts, isTrial: false, client))
    }

    /// Has the daemon say beforehand what it would refuse: pages and a sequence that it does not know, and times to come. A few
    /// people stand for all in that; only where one of them is refused are all asked about, so that every line is named.
    private func askBeforehand(
        _ people: [PersonRecord],
        _ parts: [[PersonRecord]],
        _ client: ControlClient
    ) async throws {
        var few: [PersonRecord] = []
        var pages: Set<String?> = []
        for person in people where pages.insert(person.page).inserted { few.append(person) }
        if let latest = people.max(by: { $0.latest < $1.latest }) { few.append(latest) }
        few = Array(few.suffix(ControlServer.importLimit))
        do {
            _ = try await take([few], isTrial: true, client)
        } catch let refused as ControlClient.Refused {
            _ = try await take(parts, isTrial: true, client)
            throw refused
        }
    }

    /// One part after the other, as the file has them; while the daemon takes one, it reads the next.
    private func take(_ parts: [[PersonRecord]], isTrial: Bool, _ client: ControlClient) async throws -> ImportReport {
        let count = parts.reduce(0) { $0 + $1.count }
        let orders = parts.map { ImportOrder(people: $0, sequence: enroll, isTrial: isTrial) }
        var sum = ImportReport()
        do {
            var ready = try await Self.send(orders.first, client)
            for index in orders.indices {
                guard let order = ready else { break }
                async let next = Self.send(index + 1 < orders.count ? orders[index + 1] : nil, client)
                sum = try await sum + client.post("/people/import/take", order)
                if !isTrial, parts.count > 1 { Output.note("\(sum.people) of \(count)") }
                ready = try await next
            }
        } catch {
            guard !isTrial, sum.people > 0 else { throw error }
            let rest = "The first \(sum.people) are imported; the same command does the rest."
            throw Failure("\(ErrorText.words(error))\n\(rest)")
        }
        return sum
    }

    private static func send(_ order: ImportOrder?, _ client: ControlClient) async throws -> ReadyOrder? {
        guard let order else { return nil }
        return try await client.post("/people/import", order)
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
        try Output.standard.lines(ImportText(report, isTrial: check).lines)
    }
}

extension PersonRecord {
    /// The latest of its times.
    fileprivate var latest: Instant {
        max(firstMessageAt ?? .distantPast, lastMessageAt ?? .distantPast, stoppedAt ?? .distantPast)
    }
}
