import Foundation

/// Measures how late messages are sent.
struct Lateness {
    let bench: Bench

    func measure(_ waiting: [Int]) throws -> [Figure] {
        try waiting.flatMap { count in
            try one(count, "every 100 ms", messages: 100, apart: 100, pages: 1)
                + one(count, "2000 at once", messages: 2000, apart: 0, pages: 50)
        }
    }

    private func one(_ waiting: Int, _ name: String, messages: Int, apart: Int, pages: Int) throws -> [Figure] {
        try bench.inShop(pages: pages, waiting: waiting, isLogging: true) { shop, nginx in
            let due = milliseconds() + 6000
            try shop.database.add(
                people: messages,
                from: 1,
                before: "chao",
                position: "NULL",
                due: "\(due) + n * \(apart)",
                pages: pages
            )
            _ = try shop.start()
            try shop.waitUntilSent(messages)
            let late = try nginx.moments().sorted().enumerated()
                .map { $0.element - Double(due + Int64($0.offset * apart)) }.sorted()
            guard late.count == messages else {
                throw Tool.Failure(description: "\(late.count) of \(messages) messages came")
            }
            let title = "lateness, \(name), behind \(waiting)"
            return [
                Figure(title + ", p50", late[messages / 2], "ms"),
                Figure(title + ", p99", late[messages - 1 - messages / 100], "ms"),
                Figure(title + ", max", late[messages - 1], "ms"),
            ]
        }
    }
}
