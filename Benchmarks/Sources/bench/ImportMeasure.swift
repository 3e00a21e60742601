import Foundation

/// Measures the import and enrollment of people from a CSV file.
struct ImportMeasure {
    let bench: Bench

    func measure() throws -> [Figure] {
        try bench.inShop { shop, _ in
            let file = shop.folder + "/people.csv"
            let lines = (0..<bench.people).map { "\(3_000_000_000_000_000 + $0),Nguyễn Thị \($0)\n" }
            try Data(("person,full_name\n" + lines.joined()).utf8).write(to: URL(filePath: file))
            _ = try shop.start()
            let began = seconds()
            _ = try shop.ask("people", "import", file, "--enroll", "bench")
            return [
                Figure("import of \(bench.people), enrolled", Double(bench.people) / (seconds() - began), "people/s")
            ]
        }
    }
}
