import Foundation
import Synchronization

/// Measures how long messages and webhooks wait while an edit is applied to many people under way.
struct EditMeasure {
    let bench: Bench

    /// The milliseconds between due messages. Together they last longer than any edit.
    private static let apart = 100
    private static let messages = 600

    func measure(_ waiting: Int) throws -> [Figure] {
        try bench.inShop(waiting: waiting, isLogging: true) { shop, nginx in
            let file = shop.folder + "/webhooks"
            try IntakeMeasure(bench: bench).write(file)
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
            let edited = Shop.sequence.replacing("after: 1 month", with: "after: 5 weeks")
            try Data(edited.utf8).write(to: URL(filePath: shop.folder + "/Sequences/bench.yaml"))
            try waitUntil("messages are due") { milliseconds() > due + 1000 }

            let webhooks = Mutex<Result<[Double], any Error>?>(nil)
            let url = "http://127.0.0.1:\(shop.port)/webhooks/messenger"
            Thread.detachNewThread { [bench] in
                let answer = Result { try bench.ceiling(["load", url, "1", file]) }
                webhooks.withLock { $0 = answer }
            }
            let began = milliseconds()
            _ = try shop.ask("apply")
            let ended = milliseconds()
            try waitUntil("the webhooks are answered") { webhooks.withLock { $0 != nil } }
            let answers = try webhooks.withLock { try $0?.get() } ?? []
            try shop.waitUntilSent(Self.messages)

            let late = try nginx.moments().sorted().enumerated()
                .map { (due: due + Int64($0.offset * Self.apart), at: $0.element) }
                .filter { (began...ended).contains($0.due) }.map { $0.at - Double($0.due) }.sorted()
            guard late.count > 1, answers.count > 3 else {
                throw Tool.Failure(description: "no message was due during the edit")
            }
            let title = "an edit, \(waiting) under way"
            return [
                Figure(title, Double(ended - began) / 1000, "s"),
                Figure(title + ": lateness of messages meanwhile, p50", late[late.count / 2], "ms"),
                Figure(title + ": lateness of messages meanwhile, p99", late[late.count - 1 - late.count / 100], "ms"),
                Figure(title + ": lateness of messages meanwhile, max", late[late.count - 1], "ms"),
                Figure(title + ": answers to webhooks meanwhile, p99", answers[3], "ms"),
            ]
        }
    }
}
