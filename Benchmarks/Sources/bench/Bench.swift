import ArgumentParser
import Crypto
import Foundation

@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure dripd beside what libcurl and SQLite can do, in one run.",
        discussion: """
            Each figure is given with what it is measured by. Machines differ, and so do their days: the ratios are what \
            counts. It takes some minutes, and nothing else should run beside it.
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

    @Option(help: "The program.") var dripd: String
    @Option(help: "People who wait for the future; several, separated by commas.")
    var waiting = Counts(0, 100_000, 1_000_000)
    @Option(help: "Messages that are due at once.") var messages = 20_000
    @Option(help: "Requests at once in a drain; several, separated by commas.") var atOnce = Counts(50, 200)
    @Flag(help: "Over HTTPS, as the platform is reached, instead of plain HTTP.") var https = false
    @Option(help: "Webhooks.") var webhooks = 20_000
    @Option(help: "People to import.") var people = 1_000_000
    @Option(help: "Seconds to look at an idle daemon.") var idle = 60
    @Option(help: "Only these figures; may be given several times.") var only: [Measure] = []
    @Option(help: "Where the figures go, as JSON.") var json: String?

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

    /// The C program beside this one.
    func ceiling(_ arguments: [String]) throws -> [Double] {
        let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "ceiling")
            .path
        return try Tool(program, arguments).text().split { $0 == " " || $0 == "\n" }.compactMap { Double($0) }
    }

    /// A shop whose platform is nginx, gone afterwards; the daemon is not started yet.
    /// - Parameters:
    ///   - pages: a page takes 40 messages a second at most.
    ///   - waiting: people whose next step is weeks away.
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

    /// A folder that is gone afterwards.
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
