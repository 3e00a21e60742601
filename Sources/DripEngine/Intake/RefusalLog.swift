import DripCore
package import Logging
import Synchronization

/// A rate-limited log of refusals that strangers can cause: it logs the first of a kind at once, and then a count once a minute.
package final class RefusalLog: Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case badSignature = "bad_signature"
        case notJSON = "not_json"
        case notAnEnvelope = "not_an_envelope"
        case tooManyItems = "too_many_items"
        case tooLarge = "too_large"
        case brokenBody = "broken_body"
        case encodedBody = "encoded_body"
        case noRoom = "no_room"
        case verification
        case guesses
        case badHost = "bad_host"
        case badHTTP = "bad_http"
        case tls
        case longHeader = "long_header"
        case slow
        case unknownPage = "unknown_page"
        /// Events older than the stored keys, so that copies cannot be recognised.
        case expired
        case startLimitReached = "begun_too_often"
        case stateUnavailable = "state_unavailable"
        case internalError = "internal_error"
    }

    fileprivate struct Count {
        /// Not logged yet.
        var unsaid = 0
        var isQuiet = false
        var metadata: Logger.Metadata = [:]
    }

    private let logger: Logger
    private let pause: @Sendable () async throws -> Void
    private let counts = Mutex<[Kind: Count]>([:])

    /// - Parameter pause: returns when a kind may be logged again.
    package init(
        logger: Logger,
        pause: @escaping @Sendable () async throws -> Void = { try await Task.sleep(for: .seconds(60)) }
    ) {
        self.logger = logger
        self.pause = pause
    }

    /// - Parameters:
    ///   - number: how many were refused.
    ///   - metadata: further metadata of the line. That of the first one logged is kept for the later counts.
    package func note(
        _ kind: Kind,
        _ number: Int = 1,
        metadata: @autoclosure () -> Logger.Metadata = [:]
    ) {
        let first = counts.withLock { counts -> Count? in
            counts[kind, default: Count()].unsaid += number
            guard counts[kind]?.isQuiet == false else { return nil }
            counts[kind]?.isQuiet = true
            counts[kind]?.metadata = metadata()
            return counts[kind]?.takeUnsaid()
        }
        guard let first else { return }
        say(kind, first)
        Task { await self.follow(kind) }
    }

    /// Logs a count after each pause. Ends after a pause without refusals.
    private func follow(_ kind: Kind) async {
        while true {
            guard (try? await pause()) != nil else { return }
            let next = counts.withLock { counts -> Count? in
                guard counts[kind]?.unsaid != 0 else {
                    counts[kind]?.isQuiet = false
                    return nil
                }
                return counts[kind]?.takeUnsaid()
            }
            guard let next else { return }
            say(kind, next)
        }
    }

    private func say(_ kind: Kind, _ count: Count) {
        var metadata = kind.metadata.merging(count.metadata) { _, own in own }
        metadata["count"] = "\(count.unsaid)"
        logger.log(level: kind.level, "\(kind.message)", metadata: metadata)
    }
}

extension RefusalLog.Count {
    /// Returns the count as it was, and resets what is not logged yet.
    fileprivate mutating func takeUnsaid() -> Self {
        defer { unsaid = 0 }
        return self
    }
}

extension RefusalLog.Kind {
    fileprivate var level: Logger.Level {
        switch self {
        case .badSignature, .notJSON, .notAnEnvelope, .tooManyItems, .tooLarge, .noRoom, .verification, .guesses,
            .unknownPage, .expired, .startLimitReached:
            .warning
        case .stateUnavailable, .internalError: .error
        case .brokenBody, .encodedBody, .badHost, .badHTTP, .tls, .longHeader, .slow: .info
        }
    }

    fileprivate var message: String {
        switch self {
        case .badSignature, .notJSON, .notAnEnvelope, .tooManyItems, .tooLarge, .brokenBody, .encodedBody, .noRoom:
            "webhook refused"
        case .verification: "webhook verification refused: is the verify token the one in the app's dashboard?"
        case .guesses: "too many wrong verify tokens from one address: its verifications wait for a minute"
        case .badHost, .badHTTP, .tls, .longHeader, .slow: "request refused"
        case .unknownPage: "events of a page that the configuration does not name"
        case .expired:
            """
            dropped events that are too old to be told from copies: does a proxy, or a third party, send old webhooks again?
            """
        case .startLimitReached:
            "one person started the sequence too often within a day, so it is not started again: does another program answer?"
        case .stateUnavailable, .internalError: "request failed"
        }
    }

    fileprivate var metadata: Logger.Metadata {
        switch self {
        case .verification, .guesses, .unknownPage, .startLimitReached, .internalError: [:]
        case .expired: ["older_than": "\(EventAge.longestKept)"]
        case .stateUnavailable: CatalogedMessage.stateUnavailable.metadata
        default: ["result": "\(rawValue)"]
        }
    }
}
