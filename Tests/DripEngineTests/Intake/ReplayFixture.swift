import ControlAPI
import Crypto
import DripCore
import DripStore
import Foundation
import Logging
import TestSupport

@testable import DripEngine

/// Signed webhooks of one page, received by the real intake at times that the test chooses.
final class ReplayFixture {
    static let person = "5678900012345678"
    private static let secret = "test-app-secret"

    let state: TemporaryStore
    let clock: ManualClock
    let log = Recorder()
    private let intake: Intake

    init(_ sequences: [DripSequence] = [.make(steps: .care)], now: Instant = .start) async throws {
        state = try await TemporaryStore(sequences)
        clock = ManualClock(now)
        intake = Intake(
            store: state.store,
            clock: clock,
            eventTime: .platform,
            appSecret: Self.secret,
            logger: Logger(recordingInto: log),
            wake: {},
            onUnknownPerson: {},
            onPolicyNotice: { _ in }
        )
    }

    @discardableResult
    func receive(_ body: String) async throws -> IntakeReport {
        let code = HMAC<SHA256>.authenticationCode(
            for: Data(body.utf8),
            using: SymmetricKey(data: Data(Self.secret.utf8))
        )
        let signature = "sha256=" + code.map { String(format: "%02x", $0) }.joined()
        guard case .taken(let report) = try await intake.receive(Data(body.utf8), signature: signature) else {
            throw Unexpected()
        }
        return report
    }

    /// A message of the person.
    /// - Parameters:
    ///   - timestamp: as the body writes it; nil leaves it out.
    ///   - entryTime: of the entry around it; nil leaves it out.
    static func message(_ id: String, _ text: String, timestamp: Int64?, entryTime: Int64? = nil) -> String {
        item(
            #""message":{"mid":"\#(id)","text":"\#(text)"}"#,
            timestamp: timestamp,
            entryTime: entryTime
        )
    }

    static func message(_ id: String, _ text: String = "Xin chào", at: Instant) -> String {
        message(id, text, timestamp: at.milliseconds, entryTime: at.milliseconds)
    }

    /// - Parameter content: what the item holds besides whom it is from.
    static func item(_ content: String, timestamp: Int64?, entryTime: Int64?) -> String {
        let at = timestamp.map { #","timestamp":\#($0)"# } ?? ""
        let sent = entryTime.map { #","time":\#($0)"# } ?? ""
        return #"{"object":"page","entry":[{"id":"1234567890"\#(sent),"messaging":[{"sender":{"id":"\#(person)"},"#
            + #""recipient":{"id":"1234567890"}\#(at),\#(content)}]}]}"#
    }

    /// A comment of the person's on a post of the page.
    static func comment(_ id: String, _ text: String, at: Instant) -> String {
        let seconds = at.milliseconds / 1000
        return #"{"object":"page","entry":[{"id":"1234567890","time":\#(seconds),"changes":[{"field":"feed","value":"#
            + #"{"item":"comment","verb":"add","comment_id":"\#(id)","post_id":"1_2","message":"\#(text)","#
            + #""created_time":\#(seconds),"from":{"id":"\#(person)","name":"Lan"}}}]}]}"#
    }

    /// The people that the state knows.
    func people() async throws -> [String] {
        try await state.store.people(limit: 10, after: nil).map(\.person)
    }

    func person() async throws -> PersonDetail { try await state.store.person(Self.person) }

    private struct Unexpected: Error {}
}
