import DripCore
import Foundation

/// The Graph API's form of a time: `2022-07-12T19:11:07+0000`.
enum GraphDate {
    static func instant(_ value: Any?) -> Instant? {
        guard let text = WebhookEnvelope.text(value),
            let date = try? Date(text, strategy: Date.ISO8601FormatStyle(timeZoneSeparator: .omitted))
        else { return nil }
        return Instant(toldSeconds: date.timeIntervalSince1970)
    }
}
