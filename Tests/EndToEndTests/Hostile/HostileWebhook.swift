import Crypto
import Foundation

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
