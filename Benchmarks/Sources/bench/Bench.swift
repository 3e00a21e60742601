import ArgumentParser
import Crypto
import Foundation

@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Compare dripd with the limits of libcurl and SQLite, in one run.",
        discussion: """
            Where there is a limit to compare with, a figure comes with that ceiling and the ratio. Absolute figures differ \
            between machines and days; go by the ratios. A run takes some minutes; run nothing else meanwhile.
            """
    )

    enum Measure: String, CaseIterable, ExpressibleByArgument {
        case drain
        case lateness
        case idle
        case intake
        case plan
        case edit
        case upkeep
        case `import`
    }

    /// Several numbers, separated by commas.
    struct Counts: ExpressibleByArgument {
        let numbers: [Int]

        init?(argument: String) {
            let words = argument.split(separator: ",", omittingEmptySubsequences: false)
            numbers = words.compactMap { Int($0) }
            guard numbers.count == words.count, numbers.allSatisfy({ $0 >= 0 }) else { return nil }
        }

        init(_ numbers: Int...) { self.numbers = numbers }

        var defaultValueDescription: String { numbers.map(String.init).joined(separator: ",") }
    }

    @Option(help: "The dripd program.") var dripd: String
    @Option(help: "People whose next step is weeks away; several numbers, separated by commas.")
    var waiting = Counts(0, 100_000, 1_000_000)
    @Option(help: "Messages that are due at the same time.") var messages = 20_000
    @Option(help: "Concurrent requests in a drain; several numbers, separated by commas.") var atOnce = Counts(50, 200)
    @Flag(help: "Use HTTPS, as with the platform, instead of plain HTTP.") var https = false
    @Option(help: "Webhooks to send.") var webhooks = 20_000
    @Option(help: "People to import.") var people = 1_000_000
    @Option(help: "Seconds to observe an idle daemon.") var idle = 60
    @Option(help: "Measure only this; may be given several times.") var only: [Measure] = []
    @Option(help: "Write the figures to this file, as JSON.") var json: String?

    func run() throws {
        if https, OwnCertificate.folder == nil { try inFolder { try OwnCertificate.restart(in: $0) } }
        if let folder = OwnCertificate.folder { Tool.folders.withLock { _ = $0.insert(folder) } }
        defer { if let folder = OwnCertificate.folder { try? FileManager.default.removeItem(atPath: folder) } }
        let signals = Tool.endWithSignals()
        defer { withExtendedLifetime(signals) {} }
        var figures: [Figure] = []
        func add(_ more: [Figure]) {
            let more = https ? more.map(\.overHTTPS) : more
            figures += more
            for figure in more { print(figure.row) }
            fflush(nil)
        }
        print("| figure | value | ceiling | ratio |\n| --- | --- | --- | --- |")
        fflush(nil)
        let waiting = waiting.numbers
        for measure in Measure.allCases where only.isEmpty || only.contains(measure) {
            switch measure {
            case .drain:
                for count in atOnce.numbers { add(try Drain(bench: self, concurrency: count).measure(waiting)) }
            case .lateness: add(try Lateness(bench: self).measure(waiting))
            case .idle: for count in waiting { add(try Idle(bench: self).measure(count)) }
            case .intake: add(try IntakeMeasure(bench: self).measure())
            case .plan: for count in waiting where count > 0 { add(try PlanMeasure(bench: self).measure(count)) }
            case .edit: for count in waiting where count > 0 { add(try EditMeasure(bench: self).measure(count)) }
            case .upkeep: for count in waiting where count > 0 { try UpkeepMeasure(bench: self).measure(count, add) }
            case .import: add(try ImportMeasure(bench: self).measure())
            }
        }
        if let json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try encoder.encode(figures).write(to: URL(filePath: json))
        }
    }

    /// Runs the C program beside this one.
    func ceiling(_ arguments: [String]) throws -> [Double] {
        let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "ceiling")
            .path
        return try Tool(program, arguments).text().split { $0 == " " || $0 == "\n" }.compactMap { Double($0) }
    }

    /// Runs `work` with a temporary shop whose platform is nginx. The daemon is not started yet.
    /// - Parameters:
    ///   - pages: the number of pages; each takes at most 40 messages a second.
    ///   - waiting: the number of people whose next step is weeks away.
    ///   - isLogging: see `Nginx`.
    func inShop<Result>(
        pages: Int = 1,
        concurrency: Int = 64,
        waiting: Int = 0,
        isLogging: Bool = false,
        _ work: (Shop, Nginx) throws -> Result
    ) throws -> Result {
        try inFolder { folder in
            let nginx = try Nginx(in: folder, port: 18_400, isLogging: isLogging)
            defer { nginx.end() }
            let shop = try Shop(
                in: folder,
                program: dripd,
                graphURL: nginx.url,
                port: 18_401,
                pages: pages,
                concurrency: concurrency
            )
            defer { shop.end() }
            if waiting > 0 {
                try shop.database.add(
                    people: waiting,
                    from: 10_000_000,
                    before: "thang-1",
                    position: "72000000",
                    due: "\(milliseconds()) + 864000000 + n",
                    pages: pages
                )
            }
            return try work(shop, nginx)
        }
    }

    /// Runs `work` with a temporary folder.
    func inFolder<Result>(_ work: (String) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.path + "/dripd-bench-\(UInt32.random(in: 0 ... .max))"
        _ = Tool.folders.withLock { $0.insert(folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer {
            try? FileManager.default.removeItem(atPath: folder)
            _ = Tool.folders.withLock { $0.remove(folder) }
        }
        return try work(folder)
    }
}
