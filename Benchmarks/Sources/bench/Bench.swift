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

    @Option(help: "The program.") var dripd: String
    @Option(help: "People who wait for the future; several, separated by commas.") var waiting = "0,100000,1000000"
    @Option(help: "Messages that are due at once.") var messages = 20_000
    @Option(help: "Webhooks.") var webhooks = 20_000
    @Option(help: "People to import.") var people = 1_000_000
    @Option(help: "Seconds to look at an idle daemon.") var idle = 60
    @Option(help: "Only figures whose name has this word.") var only: String?
    @Option(help: "Where the figures go, as JSON.") var json: String?

    func run() throws {
        let signals = Tool.endWithSignals()
        defer { withExtendedLifetime(signals) {} }
        var figures: [Figure] = []
        func add(_ more: [Figure]) {
            figures += more
            for figure in more { print(figure.row) }
            fflush(nil)
        }
        func wants(_ name: String) -> Bool { only.map { name.contains($0) } ?? true }
        print("| figure | value | ceiling | ratio |\n| --- | --- | --- | --- |")
        fflush(nil)
        let waiting = waiting.split(separator: ",").compactMap { Int($0) }
        if wants("drain") {
            for concurrency in [50, 200] { add(try Drain(bench: self, concurrency: concurrency).measure(waiting)) }
        }
        if wants("lateness") { add(try Lateness(bench: self).measure(waiting)) }
        if wants("idle") { for count in waiting { add(try Idle(bench: self).measure(count)) } }
        if wants("intake") { add(try IntakeMeasure(bench: self).measure()) }
        if wants("plan") { for count in waiting where count > 0 { add(try PlanMeasure(bench: self).measure(count)) } }
        if wants("import") { add(try ImportMeasure(bench: self).measure()) }
        if let json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try encoder.encode(figures).write(to: URL(filePath: json))
        }
    }

    /// The C program beside this one.
    func ceiling(_ arguments: String...) throws -> [Double] {
        let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "ceiling")
            .path
        return try Tool(program, arguments).text().split { $0 == " " || $0 == "\n" }.compactMap { Double($0) }
    }

    /// A folder that is gone afterwards.
    func inFolder<Result>(_ work: (String) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.path + "/dripd-bench-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try work(folder)
    }
}

/// Messages that are due now, from the claim to the ledger and the next step's job.
struct Drain {
    let bench: Bench
    let concurrency: Int

    func measure(_ waiting: [Int]) throws -> [Figure] {
        let messages = bench.messages
        return try bench.inFolder { folder in
            let nginx = try Nginx(in: folder, port: 18_400)
            defer { nginx.end() }
            let address = nginx.url + "/me/messages"
            let http = try bench.ceiling("http", address, "\(messages)", "\(concurrency)")[0]
            var figures = [Figure("ceiling: libcurl, \(concurrency) at once", Double(messages) / http, "messages/s")]
            var best = 0.0
            for batch in [64, 1024] {
                let file = folder + "/ceiling-\(batch).db"
                let store = try bench.ceiling("store", address, "\(messages)", "\(concurrency)", "\(batch)", file)[0]
                best = max(best, Double(messages) / store)
                figures.append(
                    Figure(
                        "ceiling: libcurl and SQLite, batches of \(batch), \(concurrency) at once",
                        Double(messages) / store,
                        "messages/s"
                    )
                )
            }
            var withNobody: Double?
            for count in waiting {
                let rate = try rate(behind: count, nginx, folder + "/\(count)")
                figures.append(
                    Figure("drain, \(concurrency) at once, behind \(count)", rate, "messages/s", ceiling: best)
                )
                if let withNobody {
                    figures.append(
                        Figure("drain behind \(count) against none", rate, "messages/s", ceiling: withNobody)
                    )
                }
                withNobody = withNobody ?? rate
            }
            return figures
        }
    }

    /// As many pages as let each second of each be full: a page takes 40 messages a second at most.
    private func rate(behind waiting: Int, _ nginx: Nginx, _ folder: String) throws -> Double {
        let pages = max(1, bench.messages / 40)
        let shop = try Shop(
            in: folder,
            program: bench.dripd,
            graphURL: nginx.url,
            port: 18_401,
            pages: pages,
            concurrency: concurrency
        )
        let due = milliseconds() + 6000 + Int64(waiting) / 50
        let database = try shop.database
        let far = "\(due) + 864000000 + n"
        if waiting > 0 {
            try database.add(
                people: waiting,
                from: 10_000_000,
                before: "thang-1",
                position: "72000000",
                due: far,
                pages: pages
            )
        }
        try database.add(people: bench.messages, from: 1, before: "chao", position: "NULL", due: "\(due)", pages: pages)
        _ = try shop.start()
        guard milliseconds() < due else { throw Tool.Failure(description: "the messages were due before the start") }
        while milliseconds() < due { usleep(1000) }
        let began = seconds()
        try waitUntil("all is sent") {
            try database.number("SELECT value FROM tally WHERE name = 'sent'") >= Int64(bench.messages)
        }
        return Double(bench.messages) / (seconds() - began)
    }
}

/// How much later than due a message comes.
struct Lateness {
    let bench: Bench

    func measure(_ waiting: [Int]) throws -> [Figure] {
        try waiting.flatMap { count in
            try one(count, "every 100 ms", messages: 100, apart: 100, pages: 1)
                + one(count, "2000 at once", messages: 2000, apart: 0, pages: 50)
        }
    }

    private func one(_ waiting: Int, _ name: String, messages: Int, apart: Int, pages: Int) throws -> [Figure] {
        try bench.inFolder { folder in
            let nginx = try Nginx(in: folder, port: 18_400, isLogging: true)
            defer { nginx.end() }
            let shop = try Shop(
                in: folder,
                program: bench.dripd,
                graphURL: nginx.url,
                port: 18_401,
                pages: pages,
                concurrency: 64
            )
            let due = milliseconds() + 6000 + Int64(waiting) / 50
            let database = try shop.database
            if waiting > 0 {
                try database.add(
                    people: waiting,
                    from: 10_000_000,
                    before: "thang-1",
                    position: "72000000",
                    due: "\(due) + 864000000 + n",
                    pages: pages
                )
            }
            try database.add(
                people: messages,
                from: 1,
                before: "chao",
                position: "NULL",
                due: "\(due) + n * \(apart)",
                pages: pages
            )
            _ = try shop.start()
            try waitUntil("all is sent") {
                try database.number("SELECT value FROM tally WHERE name = 'sent'") >= Int64(messages)
            }
            let late = try nginx.moments().sorted().enumerated()
                .map { $0.element - Double(due + Int64($0.offset * apart)) }.sorted()
            guard late.count == messages else { throw Tool.Failure(description: "\(late.count) messages came") }
            let title = "lateness, \(name), behind \(waiting)"
            return [
                Figure(title + ", p50", late[messages / 2], "ms"),
                Figure(title + ", p99", late[messages - 1 - messages / 100], "ms"),
                Figure(title + ", max", late[messages - 1], "ms"),
            ]
        }
    }
}

/// A daemon that has nothing to do for days.
struct Idle {
    let bench: Bench

    func measure(_ waiting: Int) throws -> [Figure] {
        try bench.inFolder { folder in
            let nginx = try Nginx(in: folder, port: 18_400)
            defer { nginx.end() }
            let shop = try Shop(
                in: folder,
                program: bench.dripd,
                graphURL: nginx.url,
                port: 18_401,
                pages: 1,
                concurrency: 64
            )
            let empty = shop.databaseBytes
            if waiting > 0 {
                try shop.database.add(
                    people: waiting,
                    from: 1,
                    before: "thang-1",
                    position: "72000000",
                    due: "\(milliseconds()) + 864000000 + n",
                    pages: 1
                )
            }
            let bytes = shop.databaseBytes - empty
            let start = try shop.start()
            let process = shop.daemon?.process.processIdentifier ?? 0
            // What a start does once is over by then.
            sleep(5)
            let before = try Usage(of: process)
            sleep(UInt32(bench.idle))
            let after = try Usage(of: process)
            let minutes = Double(bench.idle) / 60
            var figures = [
                Figure("idle CPU, \(waiting) waiting", (after.cpu - before.cpu) * 1000 / Double(bench.idle), "ms/s"),
                Figure("idle wake-ups, \(waiting) waiting", Double(after.switches - before.switches) / minutes, "/min"),
                Figure("memory, \(waiting) waiting (idle)", Double(after.residentBytes) / 1e6, "MB"),
                Figure("exec to READY, \(waiting) waiting (idle)", start, "s"),
            ]
            if waiting > 0 {
                figures.append(Figure("disk per waiting person (idle)", Double(bytes) / Double(waiting), "B"))
            }
            return figures
        }
    }
}

/// Signed webhooks, each of somebody new, on the disk before the answer.
struct IntakeMeasure {
    let bench: Bench

    func measure() throws -> [Figure] {
        try bench.inFolder { folder in
            let nginx = try Nginx(in: folder, port: 18_400)
            defer { nginx.end() }
            let shop = try Shop(
                in: folder,
                program: bench.dripd,
                graphURL: nginx.url,
                port: 18_401,
                pages: 1,
                concurrency: 64
            )
            let file = folder + "/webhooks"
            try write(file)
            _ = try shop.start()
            let base = "http://127.0.0.1:\(shop.port)"
            let bare = try bench.ceiling("http", base + "/healthz", "\(bench.webhooks)", "32")
            let taken = try bench.ceiling("load", base + "/webhooks/messenger", "32", file)
            let people = try shop.database.number("SELECT count(*) FROM enrollment")
            guard taken[1] == 0, people == bench.webhooks else {
                throw Tool.Failure(description: "\(taken[1]) webhooks were refused, \(people) people enrolled")
            }
            let (count, bareRate) = (Double(bench.webhooks), Double(bench.webhooks) / bare[0])
            return [
                Figure("the same web server without work (intake)", bareRate, "requests/s"),
                Figure("intake, 32 at once", count / taken[0], "webhooks/s", ceiling: bareRate),
                Figure("intake, p99", taken[3], "ms"),
            ]
        }
    }

    private func write(_ file: String) throws {
        let key = SymmetricKey(data: Data("app-secret".utf8))
        let now = milliseconds()
        var lines = Data()
        for number in 0..<bench.webhooks {
            let body =
                #"{"object":"page","entry":[{"time":\#(now),"id":"1000000000","messaging":[{"sender":{"id":"\#(2_000_000_000_000_000 + number)"},"recipient":{"id":"1000000000"},"timestamp":\#(now),"message":{"mid":"m_\#(number)","text":"Ch\u00e0o shop, m\u00ecnh c\u1ea7n t\u01b0 v\u1ea5n"}}]}]}"#
            let code = HMAC<SHA256>.authenticationCode(for: Data(body.utf8), using: key)
            lines.append(Data("sha256=\(code.map { String(format: "%02x", $0) }.joined())\t\(body)\n".utf8))
        }
        try lines.write(to: URL(filePath: file))
    }
}

/// An edit of the files with many under way.
struct PlanMeasure {
    let bench: Bench

    func measure(_ waiting: Int) throws -> [Figure] {
        try bench.inFolder { folder in
            let nginx = try Nginx(in: folder, port: 18_400)
            defer { nginx.end() }
            let shop = try Shop(
                in: folder,
                program: bench.dripd,
                graphURL: nginx.url,
                port: 18_401,
                pages: 1,
                concurrency: 64
            )
            try shop.database.add(
                people: waiting,
                from: 1,
                before: "thang-1",
                position: "72000000",
                due: "\(milliseconds()) + 864000000 + n",
                pages: 1
            )
            _ = try shop.start()
            let edited = Shop.sequence.replacing("after: 1 month", with: "after: 5 weeks")
            try Data(edited.utf8).write(to: URL(filePath: folder + "/Sequences/bench.yaml"))
            var began = seconds()
            _ = try shop.ask("plan")
            let plan = seconds() - began
            began = seconds()
            _ = try shop.ask("apply")
            return [
                Figure("plan, \(waiting) under way", plan, "s"),
                Figure("reload (plan adopted), \(waiting) under way", seconds() - began, "s"),
            ]
        }
    }
}

/// People from a table, enrolled.
struct ImportMeasure {
    let bench: Bench

    func measure() throws -> [Figure] {
        try bench.inFolder { folder in
            let nginx = try Nginx(in: folder, port: 18_400)
            defer { nginx.end() }
            let shop = try Shop(
                in: folder,
                program: bench.dripd,
                graphURL: nginx.url,
                port: 18_401,
                pages: 1,
                concurrency: 64
            )
            var table = "person,full_name\n"
            for number in 0..<bench.people { table += "\(3_000_000_000_000_000 + number),Nguyễn Thị \(number)\n" }
            try Data(table.utf8).write(to: URL(filePath: folder + "/people.csv"))
            _ = try shop.start()
            let began = seconds()
            _ = try shop.ask("people", "import", folder + "/people.csv", "--enroll", "bench")
            return [
                Figure("import of \(bench.people), enrolled", Double(bench.people) / (seconds() - began), "people/s")
            ]
        }
    }
}
