import Foundation

/// Measures a daemon that has nothing to do for days.
struct Idle {
    let bench: Bench

    func measure(_ waiting: Int) throws -> [Figure] {
        let empty = try bench.inShop { shop, _ in shop.databaseBytes }
        return try bench.inShop(waiting: waiting) { shop, _ in
            let bytes = shop.databaseBytes - empty
            let start = try shop.start()
            // By then the one-time work of a start is over; the last of it is a timer of ten seconds.
            sleep(15)
            let before = try shop.usage
            sleep(UInt32(bench.idle))
            let after = try shop.usage
            let minutes = Double(bench.idle) / 60
            var figures = [
                Figure("idle CPU, \(waiting) waiting", (after.cpu - before.cpu) * 1000 / Double(bench.idle), "ms/s"),
                Figure("idle wake-ups, \(waiting) waiting", Double(after.wakeUps(since: before)) / minutes, "/min"),
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
