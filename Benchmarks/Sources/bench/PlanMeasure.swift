import Foundation

/// Measures an edit of the files while many people are under way.
struct PlanMeasure {
    let bench: Bench

    func measure(_ waiting: Int) throws -> [Figure] {
        try bench.inShop(waiting: waiting) { shop, _ in
            _ = try shop.start()
            let edited = Shop.sequence.replacing("after: 1 month", with: "after: 5 weeks")
            try Data(edited.utf8).write(to: URL(filePath: shop.folder + "/Sequences/bench.yaml"))
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
