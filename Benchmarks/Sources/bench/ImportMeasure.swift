import Foundation

/// People from a table, enrolled.
struct ImportMeasure {
    let bench: Bench

    func measure() throws -> [Figure] {
        try bench.inShop { shop, _ in
            var table = "person,full_name\n"
            for number in 0..<bench.people { table += "\(3_000_000_000_000_000 + number),Nguyễn Thị \(number)\n" }
            try Data(table.utf8).write(to: URL(filePath: shop.folder + "/people.csv"))
            _ = try shop.start()
            let began = seconds()
            _ = try shop.ask("people", "import", shop.folder + "/people.csv", "--enroll", "bench")
            return [
                Figure("import of \(bench.people), enrolled", Double(bench.people) / (seconds() - began), "people/s")
            ]
        }
    }
}
