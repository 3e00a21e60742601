import Crypto
import Foundation

/// Measures signed webhooks, each from a new person and on disk before the answer.
struct IntakeMeasure {
    let bench: Bench

    func measure() throws -> [Figure] {
        try bench.inShop { shop, _ in
            let file = shop.folder + "/webhooks"
            try write(file)
            _ = try shop.start()
            let base = "http://127.0.0.1:\(shop.port)"
            let bare = try bench.ceiling(["get", base + "/healthz", "\(bench.webhooks)", "32"])
            let taken = try bench.ceiling(["load", base + "/webhooks/messenger", "32", file])
            let people = try shop.database.number("SELECT count(*) FROM enrollment")
            guard taken[1] == 0, people == bench.webhooks else {
                throw Tool.Failure(description: "\(taken[1]) webhooks were refused, \(people) people enrolled")
            }
            let (count, bareRate) = (Double(bench.webhooks), Double(bench.webhooks) / bare[0])
            return [
                Figure("the same web server without work (intake)", bareRate, "requests/s"),
                Figure("intake, 32 at once", count / taken[0], "webhooks/s", ceiling: bareRate),
                Figure("intake, p99", taken[3], "ms"),
            ]
        }
    }

    /// Writes the webhooks to a file, each with its signature.
    func write(_ file: String) throws {
        let now = milliseconds()
        var lines = Data()
        for number in 0..<bench.webhooks {
            let (body, signature) = Self.webhook(person: number, now)
            lines.append(Data("\(signature)\t\(body)\n".utf8))
        }
        try lines.write(to: URL(filePath: file))
    }

    private static let key = SymmetricKey(data: Data("app-secret".utf8))

    /// Returns a webhook with a new person's message, and its signature.
    private static func webhook(person: Int, _ now: Int64) -> (body: String, signature: String) {
        let body =
            #"{"object":"page","entry":[{"time":\#(now),"id":"1000000000","messaging":[{"sender":{"id":"\#(2_000_000_000_000_000 + person)"},"recipient":{"id":"1000000000"},"timestamp":\#(now),"message":{"mid":"m_\#(person)","text":"Ch\u00e0o shop, m\u00ecnh c\u1ea7n t\u01b0 v\u1ea5n"}}]}]}"#
        let code = HMAC<SHA256>.authenticationCode(for: Data(body.utf8), using: key)
        return (body, "sha256=\(code.map { String(format: "%02x", $0) }.joined())")
    }

    /// Returns such a webhook as a whole HTTP request.
    static func request(person: Int) -> [UInt8] {
        let (body, signature) = webhook(person: person, milliseconds())
        let head = [
            "POST /webhooks/messenger HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json",
            "X-Hub-Signature-256: \(signature)", "Content-Length: \(body.utf8.count)",
        ]
        return Array((head.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
    }
}
