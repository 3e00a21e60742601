import Foundation

/// People from a table, enrolled.
struct ImportMeasure {
    let bench: Bench

    func measure() throws -> [Figure] {
        try bench.inShop { shop, _ in
            // As many to a file as `dripd people import` takes.
            let files = try stride(from: 0, to: bench.people, by: 250_000).map { first in
                let file = shop.folder + "/people-\(first).csv"
                let lines = (first..<min(first + 250_000, bench.people))
                    .map { "\(3_000_000_000_000_000 + $0),Nguyễn Thị \($0)\n" }
                try Data(("person,full_name\n" + lines.joined()).utf8).write(to: URL(filePath: file))
                return file
            }
            _ = try shop.start()
            let began = seconds()
            for file in files { _ = try shop.ask("people", "import", file, "--enroll", "bench") }
            return [
                Figure("import of \(bench.people), enrolled", Double(bench.people) / (seconds() - began), "people/s")
            ]
        }
    }
}
