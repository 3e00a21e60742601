import DripCore
import Foundation

/// The platform's error codes and what dripd does about each. A row with a subcode takes precedence over a row with the code
/// alone. Sources: the platform's "Common error codes", "Rate limiting" and "Send messages" pages, and its changelog.
enum ErrorTable {
    enum Meaning: Hashable {
        case refused(Refusal.Meaning, tries: Int)
        /// The platform reports a failure but is known to have sent the message.
        case inDoubt
    }

    struct Code: Hashable {
        let code: Int
        let subcode: Int?
    }

    /// An unknown error may be temporary. The send is retried a few times and then fails, visibly for the operator.
    private static let unknown = Meaning.refused(.retry, tries: 4)

    /// - Parameters:
    ///   - isTransient: the platform's own flag. Its reliability is unknown: it makes some permanent errors retryable, but
    ///     never raises the tries that a row allows.
    ///   - message: the platform's text. Only the text identifies the abuse warning and `appsecret_proof` errors.
    static func meaning(code: Int, subcode: Int?, isTransient: Bool = false, message: String = "") -> Meaning {
        // "Warning! You are engaging in behavior that may be considered bothersome or abusive", under several codes.
        if message.lowercased().contains("may be considered bothersome") { return bothersome }
        // 100 "Invalid appsecret_proof provided in the API argument", or the proof is required and missing. This concerns the
        // whole app, although code 100 otherwise concerns one message.
        if code == 100, message.contains("appsecret_proof") { return .refused(.page, tries: Backoff.attempts) }
        let meaning = rows[Code(code: code, subcode: subcode)] ?? rows[Code(code: code, subcode: nil)] ?? unknown
        guard isTransient, case .refused(let kind, _) = meaning else { return meaning }
        switch kind {
        case .person, .message, .attachment, .account, .mailboxFull:
            return .refused(.retry, tries: Backoff.attempts)
        case .page: return .refused(.perhapsPage, tries: Backoff.attempts)
        // A closed window, a rate limit and a restriction keep their meaning: an immediate retry makes each of them worse.
        case .window, .perhapsPage, .restricted, .slowDown, .thread, .retry: return meaning
        }
    }

    private static let bothersome = Meaning.refused(.restricted, tries: Backoff.attempts)

    private static let rows: [Code: Meaning] = {
        var rows: [Code: Meaning] = [:]
        func add(_ meaning: Refusal.Meaning, tries: Int = Backoff.attempts, _ code: Int, _ subcodes: Int?...) {
            for subcode in subcodes { rows[Code(code: code, subcode: subcode)] = .refused(meaning, tries: tries) }
        }
        // "Received invalid JSON reply": the message was sent all the same.
        rows[Code(code: 1, subcode: 1_357_046)] = .inDoubt
        add(.retry, 1, nil)
        // "An unknown error occurred": also returned to an app that lacks a permission.
        add(.perhapsPage, tries: 4, 1, 99)
        add(.retry, 2, nil)
        add(.retry, 1200, nil)
        // The platform could not fetch or process a picture, a video or a file in time.
        add(.retry, tries: 4, 100, 2_018_008)
        add(.retry, tries: 2, 100, 2_018_294)

        // Another app, or Messenger's automated questions, controls the conversation.
        add(.thread, tries: Backoff.threadAttempts, 2_018_300, nil)
        add(.thread, tries: Backoff.threadAttempts, 2_018_321, nil)

        add(.slowDown, 4, nil, 2_018_022)
        add(.slowDown, 17, nil, 2_446_079)
        add(.slowDown, 32, nil)
        add(.slowDown, 613, nil, 1996, 2_534_040)
        add(.slowDown, 80_001, nil)
        add(.slowDown, 80_002, nil)
        add(.slowDown, 80_006, nil)

        // 1545041 is labelled both "window closed" and "person unavailable": with codes 551 and 200 it means the latter.
        add(.window, 10, 2_018_278, 2_018_065, 2_534_022, 1_545_041)
        add(.window, 1_545_041, nil)

        add(.person, 10, 2_018_108)
        add(.person, 100, 2_018_001, 33, 2_534_014)
        add(.person, 200, 1_545_041)
        add(.person, 551, nil, 1_545_041)

        // Permissions of the app or the page, and the token.
        add(.page, 2, 2_018_344)
        add(.page, 10, nil)
        add(.page, 190, nil)
        add(.page, 200, nil, 2_018_028, 2_018_027, 2_018_021, 2_534_041)
        add(.page, 230, nil)

        // "Page temporarily restricted from sending", "action blocked".
        add(.restricted, 10, 1_893_063)
        add(.restricted, 368, nil)

        add(.message, 1, 2_018_382)
        add(.message, 4, 2_018_354)
        add(.message, 9, nil, 2_018_352)
        add(.message, 100, nil, 2_018_034, 2_018_109, 2_018_047)
        // "Invalid attachment ID or not owner": the attachment has expired or was deleted.
        add(.attachment, 100, 2_018_074)
        add(.message, 10_303, nil)
        // "Activity already replied to", and a comment too old for a private reply. Other programs report these codes; the
        // platform does not document them.
        add(.message, 10_900, nil)
        add(.message, 10_903, nil)
        add(.message, 2_018_218, nil)
        add(.message, 2_300_052, nil)
        return rows
    }()
}

/// The platform's error object, in the answer to any call: `{"error":{"message":…,"code":…,"error_subcode":…}}`. Old answers
/// have its fields at the top level.
struct PlatformError {
    private let code: Int
    private let subcode: Int?
    private let isTransient: Bool
    /// The platform's text, cut to about one line: it is stored with the delivery and shown to the operator.
    let message: String

    /// nil if the answer is not an error.
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

    /// Whether the error is "No profile available for this user", as the code or as the subcode.
    var isWithoutProfile: Bool { code == 2_018_218 || subcode == 2_018_218 }

    /// Whether the token is invalid: no call with it succeeds any more.
    var isTokenInvalid: Bool { code == 190 && !isTransient }

    var setupCause: PageSetupError.Cause {
        if code == 190 { return .token }
        if code == 100, subcode == 33 { return .missing }
        if case .refused(.page, _) = meaning { return .permission }
        return .passing
    }
}
