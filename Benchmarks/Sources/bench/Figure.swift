/// One measured figure.
struct Figure: Codable {
    var name: String
    let value: Double
    let unit: String
    /// The value to compare with, from the same run.
    var ceiling: Double?
    /// `value` divided by `ceiling`.
    var ratio: Double?

    init(_ name: String, _ value: Double, _ unit: String, ceiling: Double? = nil) {
        self.name = name
        self.value = value
        self.unit = unit
        self.ceiling = ceiling
        ratio = ceiling.map { value / $0 }
    }

    var overHTTPS: Figure {
        var figure = self
        figure.name += ", over HTTPS"
        return figure
    }

    var row: String {
        func text(_ value: Double) -> String {
            value >= 100 ? String(Int(value.rounded())) : String((value * 100).rounded() / 100)
        }
        let beside = ceiling.map { "\(text($0)) | \(text(ratio ?? 0))" } ?? " | "
        return "| \(name) | \(text(value)) \(unit) | \(beside) |"
    }
}
