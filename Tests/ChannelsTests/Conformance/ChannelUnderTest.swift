import Channels
import DripCore
import Foundation
import TestSupport
import Testing

/// A channel as the conformance suite needs it: how to reach it with a platform on this machine, and what must hold.
///
/// All texts of a message and its account are `values`, by name. A test replaces one of them.
struct ChannelUnderTest: Sendable, CustomTestStringConvertible {
    let rules: ChannelRules
    /// A valid message.
    let values: [String: String]
    /// Makes the channel, with its platform on this port of 127.0.0.1. The date is the channel's `now`.
    let open: @Sendable (_ port: Int, _ values: [String: String], _ now: Instant) async throws -> OpenChannel
    let message: @Sendable (_ values: [String: String], DeliveryKey) throws -> OutgoingMessage
    /// The same as a step of a sequence, for `Catalog.admit`.
    let step: @Sendable (_ values: [String: String]) -> Step
    /// A platform that takes every message.
    let accepting: ScriptedServer.Script
    /// A platform that takes a connection's first message, reads the second and ends the connection without a word.
    let cuttingTheSecond: ScriptedServer.Script
    let answers: [PlatformAnswer]
    let faults: [Fault]
    let limits: [Limit]
    let fields: [HostileField]
    /// What no outcome may contain, unless the platform's own answer does.
    let secrets: [String]
    /// Reads received messages as their receiver would: their values, and `problems` if one is not well-formed.
    let read: @Sendable (_ received: [[UInt8]]) async throws -> [[String: String]]
    /// What the platform can recognise a repetition by.
    let identity: @Sendable (_ read: [String: String]) -> [String?]

    static let all: [ChannelUnderTest] = [.messenger, .email, .push]

    var testDescription: String { rules.name.rawValue }
}

struct OpenChannel: Sendable {
    let channel: any Channel
    /// Returns when nothing more can be sent.
    let close: @Sendable () async -> Void
}

/// One answer of a platform, with the outcome that it must have.
struct PlatformAnswer: Sendable, CustomTestStringConvertible {
    /// The raw answer, as the table has it.
    let text: String
    let script: ScriptedServer.Script
    let outcome: ExpectedOutcome
    /// The number of whole messages that the platform reads before it answers.
    var received = 1

    var testDescription: String { text }
}

/// A failure of the network or the platform, without a usable answer.
struct Fault: Sendable, CustomTestStringConvertible {
    let name: String
    /// nil: nothing listens.
    let script: ScriptedServer.Script?
    let outcome: ExpectedOutcome
    /// The number of whole messages that the platform reads.
    let received: Int
    var values: [String: String] = [:]

    var testDescription: String { name }
}

/// An outcome without its words.
enum ExpectedOutcome: Hashable, Sendable {
    case accepted
    case refused(Refusal.Meaning, code: String?, retryAfter: Milliseconds? = nil)
    case unsent
    case inDoubt
    case untried

    /// - Parameter withCode: false for tables that do not say the code.
    init(_ outcome: Outcome, withCode: Bool = true) {
        switch outcome {
        case .accepted: self = .accepted
        case .refused(let refusal):
            self = .refused(refusal.meaning, code: withCode ? refusal.code : nil, retryAfter: refusal.retryAfter)
        case .unsent: self = .unsent
        case .inDoubt: self = .inDoubt
        case .untried: self = .untried
        }
    }

    func matches(_ outcome: Outcome) -> Bool {
        if case .refused(_, nil, _) = self { return self == ExpectedOutcome(outcome, withCode: false) }
        return self == ExpectedOutcome(outcome)
    }
}

/// The most that one value of a message may hold.
struct Limit: Sendable, CustomTestStringConvertible {
    let value: String
    let scalars: Int
    /// What the longest value consists of.
    var letter = "\u{1EA1}"
    var values: [String: String] = [:]

    var testDescription: String { "\(value), \(scalars)" }
}

/// A value that anything may be written into.
struct HostileField: Sendable, CustomTestStringConvertible {
    let name: String
    /// Further values of the message that has it.
    var values: [String: String] = [:]
    /// Whether the channel may refuse a text, with nothing sent.
    var mayRefuse: @Sendable (_ text: String) -> Bool = { _ in false }
    /// Whether the receiver reads the text unchanged.
    let isIntact: @Sendable (_ read: [String: String], _ text: String) -> Bool

    var testDescription: String { name }
}

/// What a delivery did.
struct Trial: Sendable {
    let outcome: Outcome
    /// The whole messages that the platform has read.
    let received: [[UInt8]]
    /// The connections on which the platform has read anything.
    let connections: Int
}

extension DeliveryKey {
    static let tested = DeliveryKey(
        instance: "7f3a",
        enrollment: EnrollmentID(rawValue: 4_711),
        step: "ngay-3",
        part: 0
    )
}

extension Instant {
    /// 2026-11-30 09:00 in Vietnam.
    static let tested = Instant(milliseconds: 1_796_004_000_000)
}

extension ChannelUnderTest {
    /// Delivers one message to a platform with this script, and checks that the outcome tells no secret.
    /// - Parameters:
    ///   - part: what is sent; nil for what the values say.
    ///   - answer: what the platform says; it may quote the message.
    ///   - script: nil: nothing listens.
    func trial(
        _ changes: [String: String] = [:],
        key: DeliveryKey = .tested,
        now: Instant = .tested,
        part: MessagePart? = nil,
        answer: String = "",
        script: ScriptedServer.Script?,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Trial {
        let closed = try ClosedPort()
        let server = try script.map { try ScriptedServer(script: $0) }
        defer { server?.stop() }
        let values = values.merging(changes) { $1 }
        var message = try message(values, key)
        if let part {
            message = OutgoingMessage(part: part, person: message.person, recipient: message.recipient, key: key)
        }
        let opened = try await open(server?.port ?? closed.port, values, now)
        let outcome = await opened.channel.deliver(message)
        await opened.close()
        // Reads what arrived after the outcome, too.
        server?.stop()
        expectNoSecret(in: outcome, but: answer, values, sourceLocation)
        return Trial(
            outcome: outcome,
            received: server?.rawRequests ?? [],
            connections: server?.bytesReceived.count { $0 > 0 } ?? 0
        )
    }

    /// Decides about a step with these values, for a person who agreed to it.
    func admission(of changes: [String: String]) throws -> Admission {
        let values = values.merging(changes) { $1 }
        let (step, person) = (step(values), try message(values, .tested).person)
        var catalog = Catalog(zone: .hoChiMinh, sequences: [.make(steps: [step])])
        catalog.channels = [ConfiguredChannel(rules: rules, accounts: [person.address.account.externalID])]
        let job = Job(
            enrollment: Enrollment(
                id: EnrollmentID(rawValue: 1),
                person: person.id,
                sequence: "care",
                round: 1,
                anchor: .tested,
                position: nil
            ),
            person: person,
            step: step.id,
            scheduled: .tested,
            attempt: 0,
            part: 0,
            waitingFor: nil
        )
        let consent = ConsentRecord(at: .tested, kind: .given, channel: rules.name, purpose: .care, source: .ask)
        return catalog.admit(job, now: .tested) { Ways(addresses: [person.address], consents: [consent]) }
    }

    /// Every channel with each of its rows.
    static func each<Row: Sendable>(_ rows: KeyPath<ChannelUnderTest, [Row]>) -> [(ChannelUnderTest, Row)] {
        all.flatMap { channel in channel[keyPath: rows].map { (channel, $0) } }
    }

    private func expectNoSecret(
        in outcome: Outcome,
        but answer: String,
        _ values: [String: String],
        _ sourceLocation: SourceLocation
    ) {
        let text = outcome.words
        // A short word may occur by chance.
        for secret in secrets + values.values where secret.utf8.count > 3 && !answer.contains(secret) {
            #expect(!text.contains(secret), "the outcome tells \(secret)", sourceLocation: sourceLocation)
        }
    }
}

extension Outcome {
    /// Everything of it that is stored, logged or shown. The message's id of an accepted message is the platform's.
    fileprivate var words: String {
        switch self {
        case .accepted: ""
        case .refused(let refusal): "\(refusal.code) \(refusal.message)"
        case .unsent(let why), .inDoubt(let why), .untried(let why): why
        }
    }
}

extension CurlTransport {
    /// On a busy machine, much time may pass between two messages of a test that are to use one connection.
    static func underTest() throws -> CurlTransport {
        var limits = TransportLimits()
        limits.idleConnectionSeconds = 3600
        return try CurlTransport(userAgent: "dripd/1.2.3", limits: limits)
    }
}

extension ScriptedServer {
    /// A script that reads requests and answers each of them the same.
    static func answering(
        _ status: String,
        headers: [String] = [],
        body: String = ""
    ) -> Script {
        { connection in
            while connection.readRequest() != nil { connection.respond(status, headers: headers, body: body) }
        }
    }
}

/// The faults that every channel over HTTP shares.
extension Fault {
    static let overHTTP: [Fault] = [
        Fault(name: "nothing listens", script: nil, outcome: .unsent, received: 0),
        Fault(name: "cut before the request", script: { _ in }, outcome: .inDoubt, received: 0),
        Fault(
            name: "cut within the request's header",
            script: { $0.readSome(atMost: 20) },
            outcome: .inDoubt,
            received: 0
        ),
        Fault(
            name: "cut within the request's body",
            script: { connection in
                // A header has an end, so one byte more is of the body.
                var bytes: [UInt8] = []
                while bytes.firstRange(of: Array("\r\n\r\n".utf8)) == nil, let more = connection.readSome(atMost: 1) {
                    bytes += more
                }
                connection.readSome(atMost: 1)
            },
            outcome: .inDoubt,
            received: 0
        ),
        Fault(name: "cut after the request", script: { $0.readRequest() }, outcome: .inDoubt, received: 1),
        cutWithinAnswer("H"), cutWithinAnswer("HTTP/1.1 201 Created\r\n"),
        cutWithinAnswer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"),
        cutWithinAnswer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"),
        cutWithinAnswer("SSH-2.0-OpenSSH_9.2\r\n"),
    ]

    private static func cutWithinAnswer(_ text: String) -> Fault {
        Fault(
            name: "cut within the answer: \(text)",
            script: { connection in
                connection.readRequest()
                connection.write(text)
            },
            outcome: .inDoubt,
            received: 1
        )
    }
}

/// A request as a platform over HTTP reads it.
struct ReceivedRequest {
    let line: String
    let headers: [String: String]
    let body: [UInt8]

    init(_ bytes: [UInt8]) throws {
        let end = try #require(bytes.firstRange(of: Array("\r\n\r\n".utf8)))
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n").map(String.init)
        line = lines[0]
        headers = Dictionary(
            lines.dropFirst().map { line in
                let colon = line.firstIndex(of: ":") ?? line.endIndex
                return (line[..<colon].lowercased(), line[colon...].dropFirst().trimmingCharacters(in: .whitespaces))
            },
            uniquingKeysWith: { "\($0), \($1)" }
        )
        body = Array(bytes[end.upperBound...])
    }
}
