import DripCore
import Foundation

/// The platform's error object, in the answer to whatever was asked: `{"error":{"message":…,"code":…,"error_subcode":…}}`; old
/// answers have its fields at the top.
struct PlatformError {
    private let code: Int
    private let subcode: Int?
    private let isTransient: Bool
    /// The platform's words go to the ledger and to the operator: as much as a line holds.
    let message: String

    /// nil where the answer is no error.
    init?(_ body: [String: Any]?) {
        guard let error = body?["error"] as? [String: Any] ?? (body?["code"] is NSNumber ? body : nil) else {
            return nil
        }
        code = WebhookEnvelope.text(error["code"]).flatMap(Int.init) ?? 0
        subcode = WebhookEnvelope.text(error["error_subcode"]).flatMap(Int.init)
        isTransient = error["is_transient"] as? Bool ?? false
        message = String((WebhookEnvelope.text(error["message"]) ?? "").prefix(300))
    }

    /// `10/2018278`
    var name: String { subcode.map { "\(code)/\($0)" } ?? "\(code)" }

    var words: String { "\(name) \(message)" }

    var meaning: ErrorTable.Meaning {
        ErrorTable.meaning(code: code, subcode: subcode, isTransient: isTransient, message: message)
    }

    /// "No profile available for this user", as a code of its own or under another one.
    var isWithoutProfile: Bool { code == 2_018_218 || subcode == 2_018_218 }

    /// No call with this token succeeds any more.
    var isDeadToken: Bool { code == 190 && !isTransient }

    var setupCause: PageSetupError.Cause {
        if code == 190 { return .token }
        if code == 100, subcode == 33 { return .missing }
        if case .refused(.page, _) = meaning { return .permission }
        return .passing
    }
}
