/// What the system and the daemon say of themselves at one moment of a soak.
struct SoakSample: Codable, Equatable {
    /// Since the first message.
    var seconds = 0.0
    var sent = 0
    var webhooks = 0
    /// Memory of its own, without the files that are mapped into it.
    var memoryBytes = 0
    var logBytes = 0
    var databaseBytes = 0
    var descriptors = 0
    /// How late the most overdue message is, in seconds of the machine's clock.
    var lag = 0.0

    static let heading = " minutes      sent  webhooks  memory MB   WAL MB  database MB  files   lag s"

    var row: String {
        func column(_ value: Double, _ width: Int) -> String {
            let text = "\((value * 10).rounded() / 10)"
            return String(repeating: " ", count: max(1, width - text.count)) + text
        }
        func column(_ value: Int, _ width: Int) -> String {
            String(repeating: " ", count: max(1, width - "\(value)".count)) + "\(value)"
        }
        return column(seconds / 60, 8) + column(sent, 10) + column(webhooks, 10) + column(Double(memoryBytes) / 1e6, 11)
            + column(Double(logBytes) / 1e6, 9) + column(Double(databaseBytes) / 1e6, 13) + column(descriptors, 7)
            + column(lag, 8)
    }
}
