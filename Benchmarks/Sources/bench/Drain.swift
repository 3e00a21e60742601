import Foundation

/// Measures the rate of messages that are due now, from the claim to the delivery row and the next step's job.
struct Drain {
    let bench: Bench
    let concurrency: Int

    func measure(_ waiting: [Int]) throws -> [Figure] {
        let (ceiling, ceilings) = try ceilings()
        var figures = ceilings
        var withNobody: Double?
        for count in waiting {
            let (rate, processor) = try drain(behind: count)
            let name = "drain, \(concurrency) at once, behind \(count)"
            figures.append(Figure(name, rate, "messages/s", ceiling: ceiling))
            figures.append(Figure(name + ": processor", processor * 1e6, "us/message"))
            if let withNobody {
                figures.append(Figure("drain behind \(count) against none", rate, "messages/s", ceiling: withNobody))
            }
            withNobody = withNobody ?? rate
        }
        return figures
    }

    /// Returns the rates of the C program at the same work; the first value is the best rate with SQLite.
    private func ceilings() throws -> (Double, [Figure]) {
        try bench.inFolder { folder in
            let nginx = try Nginx(in: folder, port: 18_400)
            defer { nginx.end() }
            let (address, messages) = (nginx.url + "/me/messages", Double(bench.messages))
            func rate(_ arguments: [String]) throws -> Double { messages / (try bench.ceiling(arguments)[0]) }
            let arguments = [address, "\(bench.messages)", "\(concurrency)"]
            let http = Figure(
                "ceiling: libcurl, \(concurrency) at once",
                try rate(["http"] + arguments),
                "messages/s"
            )
            let stores = try [64, 1024].map { batch in
                Figure(
                    "ceiling: libcurl and SQLite, batches of \(batch), \(concurrency) at once",
                    try rate(["store"] + arguments + ["\(batch)", folder + "/ceiling-\(batch).db"]),
                    "messages/s"
                )
            }
            return (stores.map(\.value).max() ?? 0, [http] + stores)
        }
    }

    /// Drains the messages. A page takes at most 40 messages a second, so there are enough pages for all messages in one
    /// second.
    /// - Returns: messages per second, and the CPU seconds per message.
    private func drain(behind waiting: Int) throws -> (rate: Double, processor: Double) {
        let pages = max(1, bench.messages / 40)
        return try bench.inShop(pages: pages, concurrency: concurrency, waiting: waiting) { shop, _ in
            let database = try shop.database
            let due = milliseconds() + 6000
            try database.add(
                people: bench.messages,
                from: 1,
                before: "chao",
                position: "NULL",
                due: "\(due)",
                pages: pages
            )
            _ = try shop.start()
            guard milliseconds() < due else {
                throw Tool.Failure(description: "the messages were due before dripd was ready")
            }
            while milliseconds() < due { usleep(1000) }
            let (began, before) = (seconds(), try shop.usage)
            try shop.waitUntilSent(bench.messages)
            let (ended, after) = (seconds(), try shop.usage)
            let messages = Double(bench.messages)
            return (messages / (ended - began), (after.cpu - before.cpu) / messages)
        }
    }
}
