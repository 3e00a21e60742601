import Channels
import ControlAPI
import DripCore
import DripEngine
import DripStore
import Foundation
import MessengerSandbox
import TestSupport

/// People write, go through a sequence and write again, for as long as one likes: all of it over the network, between the
/// real daemon and the sandbox, which tells of every message that it arrived, and now and then loses an answer.
///
/// The page keeps to its rate, on a clock that runs fast.
struct SoakRun {
    /// Messages in a second of the machine's clock.
    let rate: Int
    let messages: Int
    let samples: Int
    let onSample: (SoakSample) -> Void

    private static let scale: Int64 = 1800
    private static let steps = 10
    /// The sandbox takes no more. Who is through begins again.
    private static let people = 9000
    /// A machine that is too slow for the rate is given less. So many are under way at most: of more, steps would be too late.
    private static let underWay = 300
    /// Nobody writes while more webhooks wait: the sandbox loses what its queue has no room for, and who was lost so never gets
    /// their steps.
    private static let waiting = 1000
    private static let sequence = """
        sequence: soak
        title: Care, all day
        start: [{message: ["Xin chào"]}]
        again: always
        steps:

        """
        + (1...steps).map {
            "  - {step: step-\($0), after: \(20 * $0) min, text: \"\($0): bạn cần gì thêm không ạ?\"}\n"
        }
        .joined()

    struct Result {
        let samples: [SoakSample]
        let due: Int
        let status: Status
        /// Messages that the platform has, and those that it has twice.
        let arrived: Int
        let twice: Int
        let log: String
    }

    func run() async throws -> Result {
        let shop = try await Shop(sequences: ["soak.yaml": Self.sequence], scale: Self.scale)
        try await shop.start()
        let arrivals = Task { [sandbox = shop.sandbox] in await Self.count(sandbox) }
        let clock = ContinuousClock()
        let start = clock.now
        let enrollments = messages / Self.steps
        var written = 0
        var samples: [SoakSample] = []
        var status: Status
        repeat {
            status = try await shop.ask("status")
            let elapsed = start.duration(to: clock.now) / .seconds(1)
            let wanted = min(
                1 + Int(elapsed * Double(rate) / Double(Self.steps)),
                status.sums.over / Self.steps + Self.underWay,
                enrollments
            )
            while written < wanted, shop.sandbox.waitingWebhooks < Self.waiting {
                let person = "\(10_000 + written % Self.people)"
                try shop.sandbox.write(as: person, name: nil, text: "Xin chào", ref: nil)
                written += 1
            }
            if status.sums.over >= enrollments * Self.steps * (samples.count + 1) / self.samples {
                let sample = try await SoakSample(of: shop, status, after: start.duration(to: clock.now))
                samples.append(sample)
                onSample(sample)
                // A doubt, which the echo ends.
                try shop.sandbox.inject(Fault(kind: .lostAnswer, person: nil, count: 1))
            }
            // Load has a pace: what is waited for here is time, and nothing depends on how much of it goes by.
            try await Task.sleep(for: .milliseconds(50))
        } while samples.count < self.samples || status.sums.inDoubt > 0
        _ = await shop.end(SIGTERM)
        arrivals.cancel()
        let (arrived, twice) = await arrivals.value
        return Result(
            samples: samples,
            due: enrollments * Self.steps,
            status: status,
            arrived: arrived,
            twice: twice,
            log: shop.log
        )
    }

    private static func count(_ sandbox: Sandbox) async -> (arrived: Int, twice: Int) {
        var keys: Set<DeliveryKey> = []
        var twice = 0
        for await entry in sandbox.feed(after: 0) where entry.direction == .outgoing {
            guard let key = entry.metadata.flatMap(DeliveryKey.init) else { continue }
            if !keys.insert(key).inserted { twice += 1 }
        }
        return (keys.count, twice)
    }
}

extension StoreStatus {
    fileprivate var over: Int { sent + skipped + failed + inDoubt }
}

extension SoakSample {
    init(of shop: Shop, _ status: Status, after elapsed: Duration) async throws {
        let process = try shop.processID
        let memory = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8).split(separator: "\n")
            .first { $0.hasPrefix("RssAnon:") }?.split { $0 == " " || $0 == "\t" }
        let metrics = String(decoding: try await shop.get("/metrics").body, as: UTF8.self).split(separator: "\n")
        func sum(_ metric: Metric) -> Double {
            metrics.filter { $0.hasPrefix(metric.rawValue + " ") || $0.hasPrefix(metric.rawValue + "{") }
                .reduce(0) { $0 + ($1.split(separator: " ").last.flatMap { Double($0) } ?? 0) }
        }
        self.init(
            seconds: elapsed / .seconds(1),
            sent: status.sums.sent,
            webhooks: Int(sum(.webhooks)),
            memoryBytes: (memory?.dropFirst().first.flatMap { Int($0) } ?? 0) * 1024,
            logBytes: Int(sum(.databaseLogSize)),
            databaseBytes: Int(sum(.databaseSize)),
            descriptors: try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count,
            lag: sum(.dueLag) / Double(shop.clock.scale)
        )
    }
}
