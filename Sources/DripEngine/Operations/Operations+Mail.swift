import Channels
package import ControlAPI
import DripCore
import DripStore
import Foundation

extension Operations {
    /// Returns the key by which returned mail is recognised.
    package func mailKey() async throws -> MailKey {
        MailKey(key: try await store.linkKey())
    }

    /// Does what a mail that has come for the shop asks for.
    package func take(_ mail: MailReport) async throws -> MailOutcome {
        let now = clock.now()
        let sent = mail.about.map {
            SentMail(enrollment: EnrollmentID(rawValue: $0.enrollment), part: $0.part, stepHash: $0.stepHash)
        }
        let effect: MailEffect
        switch mail.kind {
        case .undelivered:
            guard let sent, let meaning = mail.meaning.flatMap(Refusal.Meaning.init(rawValue:)) else {
                return MailOutcome(effect: .nothing, why: "the report names no mail")
            }
            let refusal = Refusal(
                meaning: meaning,
                code: mail.code ?? "",
                message: mail.message ?? "",
                retryAfter: nil
            )
            effect = try await store.returned(sent, refusal: refusal, now: now)
            if case .undelivered(let account) = effect, meaning == .page {
                limiters.stop(account, because: "\(refusal.code) \(refusal.message)")
            }
        case .complaint:
            guard let sent else { return MailOutcome(effect: .nothing, why: "the complaint names no mail") }
            effect = try await store.complained(about: sent, evidence: mail.key, now: now)
        case .unsubscribe:
            let key = try await store.linkKey()
            guard let address = PublicLinks(base: "", key: key).address(of: mail.token ?? "", for: .unsubscribe) else {
                return MailOutcome(effect: .nothing, why: "the link is not dripd's")
            }
            let isNews = try await store.unsubscribe(address, source: .mail, evidence: mail.key, now: now)
            effect = isNews ? .unsubscribed : .nothing(why: "the person had unsubscribed before")
        case .reply:
            effect = try await store.replied(
                to: sent,
                from: mail.from ?? "",
                text: mail.text ?? "",
                key: mail.key,
                at: now,
                now: now
            )
        }
        switch effect {
        case .nothing(let why): return MailOutcome(effect: .nothing, why: why)
        case .undelivered:
            wake()
            return MailOutcome(effect: .undelivered)
        case .unsubscribed:
            wake()
            return MailOutcome(effect: .unsubscribed)
        case .replied:
            wake()
            return MailOutcome(effect: .replied)
        }
    }
}
