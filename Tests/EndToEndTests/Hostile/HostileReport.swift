import Crypto
import Foundation

/// What a hostile load came to, each figure beside its limit.
struct HostileReport: Equatable {
    struct Figure: Equatable {
        let name: String
        let value: Double
        let limit: Double
        let unit: String

        var isOver: Bool { value > limit }

        var row: String {
            "\(name): \(Self.text(value)) \(unit), at most \(Self.text(limit))\(isOver ? ": TOO MUCH" : "")"
        }

        private static func text(_ value: Double) -> String {
            guard value.isFinite else { return "infinite" }
            let tenths = (value * 10).rounded() / 10
            return tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)"
        }
    }

    let figures: [Figure]

    /// - Parameters:
    ///   - answers: of the ordinary webhooks, in milliseconds.
    ///   - silence: the longest time between two beats of the watchdog, in seconds.
    ///   - watchdog: the longest silence that systemd bears, in seconds.
    ///   - memory: the most that the daemon had of its own, in bytes.
    ///   - log: what the daemon has logged, in bytes.
    init(answers: [Double], silence: Double, watchdog: Double, memory: Int, log: Int) {
        let sorted = answers.sorted()
        figures = [
            // Of none the figure is as bad as can be.
            Figure(
                name: "answers to ordinary webhooks, p99",
                value: sorted.isEmpty ? .infinity : sorted[sorted.count - 1 - sorted.count / 100],
                limit: 250,
                unit: "ms"
            ),
            Figure(name: "longest silence of the watchdog", value: silence, limit: watchdog, unit: "s"),
            Figure(name: "memory", value: Double(memory) / 1e6, limit: 200, unit: "MB"),
            Figure(name: "log", value: Double(log) / 1e6, limit: 1, unit: "MB"),
        ]
    }

    /// What was over its limit; empty: nothing was.
    var complaints: [String] { figures.filter(\.isOver).map(\.row) }
}

/// What a hostile person can have the platform sign: whatever they write comes in a webhook that is genuine.
enum HostileWebhook {
    /// Texts that cost more to read than others of their length, 20,000 characters each.
    enum Text: String, CaseIterable {
        case combiningMarks = "combining marks"
        case digits
        case atSigns = "@ signs"
        case joiners = "joined emoji"
        case words

        var content: String {
            switch self {
            case .combiningMarks: "a" + String(repeating: "\u{301}", count: 19_999)
            case .digits: String(repeating: "0", count: 20_000)
            case .atSigns: String(repeating: "a@", count: 10_000)
            case .joiners: String(repeating: "👩\u{200D}", count: 10_000)
            case .words: String(repeating: "Xin chao ", count: 2223)
            }
        }
    }

    private static let key = SymmetricKey(data: Data("app-secret".utf8))

    /// - Parameter number: tells this message from all others.
    static func request(_ text: String, from person: Int, number: Int, now: Int64) -> [UInt8] {
        signed(envelope([item(text, from: person, number: "\(number)", now: now)], now: now))
    }

    /// One webhook with thousands of messages of one person.
    static func request(messages: Int, from person: Int, number: Int, now: Int64) -> [UInt8] {
        signed(
            envelope((0..<messages).map { item("Xin", from: person, number: "\(number)-\($0)", now: now) }, now: now)
        )
    }

    static func signed(_ body: String) -> [UInt8] {
        let body = Array(body.utf8)
        let code = HMAC<SHA256>.authenticationCode(for: body, using: key)
        let signature = "sha256=" + code.map { String(format: "%02x", $0) }.joined()
        return LoadRequest.head(signature: signature, length: body.count) + body
    }

    private static func envelope(_ items: [String], now: Int64) -> String {
        #"{"object":"page","entry":[{"time":\#(now),"id":"\#(Shop.page)","messaging":["#
            + items.joined(separator: ",") + "]}]}"
    }

    private static func item(_ text: String, from person: Int, number: String, now: Int64) -> String {
        #"{"sender":{"id":"\#(person)"},"recipient":{"id":"\#(Shop.page)"},"timestamp":\#(now),"#
            + #""message":{"mid":"m_\#(person)_\#(number)","text":"\#(text)"}}"#
    }
}

/// What is no HTTP, or hardly.
enum BrokenRequest {
    static let all: [[UInt8]] = texts.map { Array($0.utf8) } + [noise, [0], Array(repeating: 0xFF, count: 70_000)]

    private static let texts = [
        "\r\n\r\n\r\n", "GET", "GET /healthz HTTP/9.9\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "POST /webhooks/messenger HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST /webhooks/messenger HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "POST /webhooks/messenger HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "POST /webhooks/messenger HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
        "POST /webhooks/messenger HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}",
        "POST /webhooks/messenger HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
        "GET /\(String(repeating: "a", count: 100_000)) HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /healthz HTTP/1.1\r\n\(String(repeating: "X-Many: 1\r\n", count: 5000))\r\n",
        "GET /healthz HTTP/1.1\r\nX-Bad Name: \u{1}\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{FC}\u{3}\u{3}",
    ]

    /// Bytes without any order, the same in each run.
    private static let noise: [UInt8] = {
        var state: UInt64 = 88_172_645_463_325_252
        return (0..<10_000).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return UInt8(truncatingIfNeeded: state)
        }
    }()
}
