import Foundation
import Synchronization

/// Measures how long messages and webhooks wait for other work: the operator's commands and the daemon's own upkeep.
struct UpkeepMeasure {
    let bench: Bench

    /// The milliseconds between due messages. Together they last longer than the whole measurement.
    private static let apart = 100
    private static let messages = 6000
    private static let firstWaiting = 10_000_000
    private static let imported = 100_000
    private static let events = (each: 2, ofNobody: 200_000)
    private static let tagged = """
        sequence: tagged
        title: Khách quen
        start: [{tag: vip}]
        steps:
          - {step: mot, after: 1 month, text: "Cảm ơn bạn!"}

        """

    /// - Parameter add: receives each figure as soon as it is known.
    func measure(_ waiting: Int, _ add: ([Figure]) -> Void) throws {
        try bench.inShop(waiting: waiting, isLogging: true) { shop, nginx in
            try shop.database.addEvents(
                people: waiting,
                from: Self.firstWaiting,
                each: Self.events.each,
                ofNobody: Self.events.ofNobody
            )
            try Data(Self.tagged.utf8).write(to: URL(filePath: shop.folder + "/Sequences/tagged.yaml"))
            let due = milliseconds() + 8000
            try shop.database.add(
                people: Self.messages,
                from: 1,
                before: "chao",
                position: "NULL",
                due: "\(due) + n * \(Self.apart)",
                pages: 1
            )
            _ = try shop.start()
            try waitUntil("messages are due") { milliseconds() > due + 1000 }
            let webhooks = WebhookStream(port: shop.port, firstPerson: 0)
            try perform(in: shop, waiting) { name, body in
                let (began, from) = (seconds(), milliseconds())
                try body()
                let (ended, until) = (seconds(), milliseconds())
                // Late messages have arrived by then, and follow-up work does not count towards the next measurement.
                usleep(500_000)
                let answers = try webhooks.longest(from: began, until: ended)
                let late = try nginx.moments().sorted().enumerated()
                    .map { (due: due + Int64($0.offset * Self.apart), at: $0.element) }
                    .filter { (from...until).contains($0.due) }.map { $0.at - Double($0.due) }.max()
                let title = "\(name), \(waiting) waiting"
                add([
                    Figure(title, ended - began, "s"),
                    Figure(
                        title + ": longest answer of \(answers.count) webhooks meanwhile",
                        answers.milliseconds,
                        "ms"
                    ),
                ])
                if let late { add([Figure(title + ": latest message meanwhile", late, "ms")]) }
            }
            let holds = try holds(shop)
            try webhooks.end()
            for hold in holds {
                add([Figure("longest write of \(hold.name), \(waiting) waiting", hold.milliseconds, "ms")])
            }
            add(try starts(of: shop, waiting))
        }
    }

    /// Runs the commands that an operator may send to a running daemon, one after the other.
    private func perform(in shop: Shop, _ waiting: Int, _ work: (String, () throws -> Void) throws -> Void) throws {
        func person(_ number: Int) -> String { "\(1_000_000_000_000_000 + Self.firstWaiting + number)" }
        let plan: @Sendable () throws -> Void = { [program = shop.program, folder = shop.folder] in
            _ = try Tool.run(program, "plan", "--config", folder + "/dripd.yaml")
        }
        try work("nothing else") { usleep(5_000_000) }
        try work("forget, five people") { for n in 0..<5 { _ = try shop.ask("people", "forget", person(n), "--yes") } }
        try work("forget beside a plan") {
            try shop.edit("after: 5 weeks")
            try Self.beside(plan) {
                usleep(300_000)
                _ = try shop.ask("people", "forget", person(6), "--yes")
            }
        }
        try work("two plans at once") { try Self.beside(plan, plan) }
        try shop.edit("after: 1 month")
        try work("tag, 1,000 people, enrolled") {
            _ = try shop.ask(["people", "tag"] + (100..<1100).map(person) + ["vip"])
        }
        try work("untag, 1,000 people") {
            _ = try shop.ask(["people", "untag"] + (100..<1100).map(person) + ["vip"])
        }
        try work("stop, ten people") { for n in 20..<30 { _ = try shop.ask("people", "stop", person(n)) } }
        try work("list by an unused tag") {
            _ = try shop.ask("people", "list", "--tag", "none", "--format", "ids")
        }
        try work("jobs, status") {
            _ = try shop.ask("jobs", "list")
            _ = try shop.ask("status")
        }
        try work("metrics") { _ = try shop.metrics() }
        try work("import of \(Self.imported), enrolled and tagged") {
            let file = shop.folder + "/people.csv"
            let lines = (0..<Self.imported).map { "\(3_000_000_000_000_000 + $0),Nguyễn Thị \($0),vip\n" }
            try Data(("person,full_name,tags\n" + lines.joined()).utf8).write(to: URL(filePath: file))
            _ = try shop.ask("people", "import", file, "--enroll", "bench")
        }
        try work("backup") { _ = try shop.ask("backup", shop.folder + "/backup.db") }
        try work("after the backup") { usleep(3_000_000) }
        try work("reload without an edit") { _ = try shop.ask("reload") }
    }

    /// Runs two closures at the same time, and returns when both are over.
    private static func beside(_ other: @escaping @Sendable () throws -> Void, _ body: () throws -> Void) throws {
        let outcome = Mutex<Result<Void, any Error>?>(nil)
        Thread.detachNewThread {
            let result = Result { try other() }
            outcome.withLock { $0 = result }
        }
        try body()
        try waitUntil("both are over") { outcome.withLock { $0 != nil } }
        try outcome.withLock { try $0?.get() }
    }

    /// Returns the daemon's own metrics of its longest writes, longest first.
    private func holds(_ shop: Shop) throws -> [(name: String, milliseconds: Double)] {
        try shop.metrics().split(separator: "\n").compactMap { line in
            guard line.hasPrefix("dripd_database_write_longest_seconds{") else { return nil }
            let pieces = line.split(separator: "\"")
            guard pieces.count == 3, let value = pieces[2].split(separator: " ").last.flatMap({ Double($0) }) else {
                return nil
            }
            return (String(pieces[1]), value * 1000)
        }.sorted { $0.milliseconds > $1.milliseconds }
    }

    /// Measures starts that have more to do than usual.
    private func starts(of shop: Shop, _ waiting: Int) throws -> [Figure] {
        var figures: [Figure] = []
        shop.end()
        figures.append(Figure("exec to READY, \(waiting) waiting, with their events", try shop.start(), "s"))
        shop.end()
        for migration in try shop.database.revertIndexes() {
            figures.append(Figure("the same with migration \(migration)", try shop.start(), "s"))
            shop.end()
        }
        let state = shop.folder + "/state"
        for name in try FileManager.default.contentsOfDirectory(atPath: state) where name.hasPrefix("dripd.fence") {
            try FileManager.default.removeItem(atPath: state + "/" + name)
        }
        _ = try shop.start()
        let began = seconds()
        _ = try shop.ask("adopt-state", "--yes")
        figures.append(Figure("adopt-state, \(waiting) waiting", seconds() - began, "s"))
        shop.end()
        return figures
    }
}
