import Crypto
import Foundation
import Synchronization

/// Sends one webhook after the other on one connection until `end`. Each needs the database writer, so the longest answer
/// in a period shows how long other work held the writer.
final class WebhookStream: Sendable {
    private struct Answer {
        /// When the webhook was sent, in seconds of the monotonic clock.
        let began: Double
        let ended: Double
    }

    private struct State {
        var answers: [Answer] = []
        var failure: String?
        var isEnding = false
        var hasEnded = false
    }

    /// The pause between an answer and the next webhook, in microseconds.
    private static let pause: UInt32 = 5000

    private let state = Mutex(State())

    init(port: Int, firstPerson: Int) {
        Thread.detachNewThread { [self] in
            do {
                try run(port: port, firstPerson: firstPerson)
            } catch {
                state.withLock { $0.failure = "\(error)" }
            }
            state.withLock { $0.hasEnded = true }
        }
    }

    func end() throws {
        state.withLock { $0.isEnding = true }
        try waitUntil("the last webhook is answered") { state.withLock(\.hasEnded) }
        if let failure = state.withLock(\.failure) { throw Tool.Failure(description: "webhooks: \(failure)") }
    }

    /// Returns the longest response time, in milliseconds, of the webhooks in flight between two moments, and their count.
    func longest(from began: Double, until ended: Double) throws -> (milliseconds: Double, count: Int) {
        try state.withLock { state in
            if let failure = state.failure { throw Tool.Failure(description: "webhooks: \(failure)") }
            let meanwhile = state.answers.filter { $0.ended >= began && $0.began <= ended }
            return ((meanwhile.map { $0.ended - $0.began }.max() ?? 0) * 1000, meanwhile.count)
        }
    }

    private func run(port: Int, firstPerson: Int) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        address.sin_port = in_port_t(port).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        guard connected == 0 else { throw Tool.Failure(description: "cannot connect to the daemon") }
        var number = firstPerson
        while !state.withLock(\.isEnding) {
            let request = IntakeMeasure.request(person: number)
            number += 1
            let began = seconds()
            try request.withUnsafeBytes { bytes in
                guard send(descriptor, bytes.baseAddress!, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
                    throw Tool.Failure(description: "the connection was closed")
                }
            }
            let answer = try Self.answer(descriptor)
            guard answer.hasPrefix("HTTP/1.1 200 ") else { throw Tool.Failure(description: answer) }
            let ended = seconds()
            state.withLock { $0.answers.append(Answer(began: began, ended: ended)) }
            usleep(Self.pause)
        }
    }

    /// Returns the response. It is short enough to arrive in one read.
    private static func answer(_ descriptor: Int32) throws -> String {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { throw Tool.Failure(description: "no answer") }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
