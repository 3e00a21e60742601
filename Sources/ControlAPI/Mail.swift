package import Foundation

/// `GET /mail/key`: what `dripd mail` needs to recognise returned mail.
package struct MailKey: Codable, Hashable, Sendable {
    package let key: Data

    package init(key: Data) {
        self.key = key
    }
}

/// `POST /mail`: what a mail that has come for the shop means. `dripd mail` reads it, so that no foreign mail is parsed within
/// the daemon.
package struct MailReport: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, Hashable, Sendable {
        case undelivered
        case complaint
        case unsubscribe
        case reply
    }

    /// A mail that dripd sent.
    package struct Sent: Codable, Hashable, Sendable {
        package let enrollment: Int64
        package let part: Int
        package let stepHash: UInt64

        package init(enrollment: Int64, part: Int, stepHash: UInt64) {
            (self.enrollment, self.part, self.stepHash) = (enrollment, part, stepHash)
        }
    }

    package let kind: Kind
    package var about: Sent?
    /// Of `undelivered`: `Refusal.Meaning`, with the server's code and words.
    package var meaning: String?
    package var code: String?
    package var message: String?
    /// Of `unsubscribe`: the link's token.
    package var token: String?
    /// Of `reply`.
    package var from: String?
    package var text: String?
    /// The same for each copy of the mail.
    package let key: String

    package init(kind: Kind, key: String) {
        self.kind = kind
        self.key = key
    }
}

/// What became of a mail.
package struct MailOutcome: Codable, Hashable, Sendable {
    package enum Effect: String, Codable, Hashable, Sendable {
        case undelivered
        case unsubscribed
        case replied
        case nothing
    }

    package let effect: Effect
    /// Of `nothing`.
    package let why: String?

    package init(effect: Effect, why: String? = nil) {
        self.effect = effect
        self.why = why
    }
}
