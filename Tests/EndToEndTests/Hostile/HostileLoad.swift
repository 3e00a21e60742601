import DripCore
import DripEngine
import Foundation
import Synchronization

/// All that strangers and hostile people can send, at once, beside the webhooks of ordinary people. Each part has threads of
/// its own and blocks nothing of the test's; bodies are made beforehand, so that the load takes little of the processor.
final class HostileLoad: Sendable {
    struct Settings: Sendable {
        var seconds = 30.0
        /// Ordinary webhooks in a second, each on a connection of its own.
        var plain = 30.0
        /// Each of the texts, so often in a second: five kinds are five texts.
        var texts = 1.0
        /// Webhooks with so many messages of one person, in a second.
        var envelopes = (perSecond: 0.2, messages: 2000)
        /// Unsigned bodies of a mebibyte, in a second.
        var large = 24.0
        /// Unsigned small bodies, in a second: each of them could be a line in the log.
        var small = 400.0
        var broken = 20.0
        var slow = (headers: 500, bodies: 300)
    }

    let plain = LoadTally("plain signed webhooks")
    let texts = LoadTally("signed texts of 20,000 characters")
    let envelopes = LoadTally("signed envelopes")
    let large = LoadTally("unsigned bodies of 1 MiB")
    let small = LoadTally("unsigned small bodies")
    let broken = LoadTally("broken HTTP")
    let slowHeaders = LoadTally("dripping headers")
    let slowBodies = LoadTally("dripping bodies")

    var tallies: [LoadTally] { [plain, texts, envelopes, large, small, broken, slowHeaders, slowBodies] }

    private let port: Int
    private let settings: Settings
    private let start: UInt64
    private let running = Mutex(0)
    private let (ends, ended) = AsyncStream.makeStream(of: Void.self)

    /// The first ordinary person's number; each webhook is of another.
    static let firstPerson = 7_000_000_000_000

    init(port: Int, settings: Settings = Settings()) {
        self.port = port
        self.settings = settings
        start = LoadPace.now
    }

    /// Runs all parts, and returns when the last one is over.
    func run() async {
        let settings = settings
        for number in 0..<8 { spread(plain, settings.plain, number, of: 8, send: sendPlain) }
        for (number, text) in HostileWebhook.Text.allCases.enumerated() {
            let content = text.content
            thread {
                self.repeat(settings.texts, phase: Double(number) / 5) { count, due in
                    self.exchange(
                        HostileWebhook.request(content, from: 9_000_000 + number, number: count, now: Self.time),
                        self.texts,
                        due,
                        repeats: 2
                    )
                }
            }
        }
        thread {
            self.repeat(settings.envelopes.perSecond) { count, due in
                self.exchange(
                    HostileWebhook.request(
                        messages: settings.envelopes.messages,
                        from: 9_100_000,
                        number: count,
                        now: Self.time
                    ),
                    self.envelopes,
                    due,
                    repeats: 2
                )
            }
        }
        let body = [UInt8](repeating: 0x20, count: 1 << 20)
        let unsigned = LoadRequest.head(signature: nil, length: body.count) + body
        let wrong =
            LoadRequest.head(signature: "sha256=" + String(repeating: "0", count: 64), length: body.count) + body
        for number in 0..<16 {
            spread(large, settings.large, number, of: 16) { count, _ in number % 2 == 0 ? unsigned : wrong }
        }
        let tiny = LoadRequest.head(signature: nil, length: 2) + [0x7B, 0x7D]
        for number in 0..<8 { spread(small, settings.small, number, of: 8) { _, _ in tiny } }
        thread {
            self.repeat(settings.broken) { count, due in
                self.exchange(BrokenRequest.all[count % BrokenRequest.all.count], self.broken, due, timeout: 1)
            }
        }
        thread { SlowClients(.header, self.settings.slow.headers, self.port, self.slowHeaders).run(self.pace(2)) }
        thread { SlowClients(.body, self.settings.slow.bodies, self.port, self.slowBodies).run(self.pace(2)) }
        for await _ in ends {}
    }

    private func sendPlain(_ number: Int, _ due: UInt64) -> [UInt8] {
        HostileWebhook.request("Chào shop", from: Self.firstPerson + number, number: 1, now: Self.time)
    }

    private static var time: Int64 { SystemClock.realNow().milliseconds }

    private func pace(_ perSecond: Double, phase: Double = 0) -> LoadPace {
        LoadPace(perSecond: perSecond, phase: phase, from: start, seconds: settings.seconds)
    }

    private func `repeat`(_ perSecond: Double, phase: Double = 0, _ work: (Int, UInt64) -> Void) {
        var pace = pace(perSecond, phase: phase)
        var count = 0
        while let due = pace.wait() {
            work(count, due)
            count += 1
        }
    }

    /// One of several threads that share a rate.
    private func spread(
        _ tally: LoadTally,
        _ perSecond: Double,
        _ number: Int,
        of threads: Int,
        send: @escaping @Sendable (_ count: Int, _ due: UInt64) -> [UInt8]
    ) {
        thread {
            self.repeat(perSecond / Double(threads), phase: Double(number) / Double(threads)) { count, due in
                self.exchange(send(count * threads + number, due), tally, due)
            }
        }
    }

    /// - Parameter repeats: as the platform does, until it is taken: how often in a second.
    private func exchange(
        _ request: [UInt8],
        _ tally: LoadTally,
        _ due: UInt64,
        timeout: Int = 20,
        repeats: Double? = nil
    ) {
        guard let connection = LoadConnection(port: port, timeout: timeout) else {
            return tally.answered(nil, bytes: 0, after: LoadPace.milliseconds(since: due))
        }
        let sent = connection.send(request)
        var status = connection.status()
        var pace = LoadPace(perSecond: repeats ?? 1, from: LoadPace.now, seconds: settings.seconds)
        while status == 503, repeats != nil, pace.wait() != nil {
            guard let connection = LoadConnection(port: port, timeout: timeout) else { continue }
            connection.send(request)
            status = connection.status()
        }
        tally.answered(status, bytes: sent, after: LoadPace.milliseconds(since: due))
    }

    private func thread(_ work: @escaping @Sendable () -> Void) {
        running.withLock { $0 += 1 }
        Thread.detachNewThread { [self] in
            work()
            let isLast = running.withLock { count in
                count -= 1
                return count == 0
            }
            if isLast { ended.finish() }
        }
    }
}
