import Crypto
import Foundation

/// Signed webhooks, each of somebody new, on the disk before the answer.
struct IntakeMeasure {
    let bench: Bench

    func measure() throws -> [Figure] {
        try bench.inShop { shop, _ in
            let file = shop.folder + "/webhooks"
            try write(file)
            _ = try shop.start()
            let base = "http://127.0.0.1:\(shop.port)"
            let bare = try bench.ceiling(["http", base + "/healthz", "\(bench.webhooks)", "32"])
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

    /// Writes the webhooks into a file, each with its signature.
    func write(_ file: String) throws {
        let key = SymmetricKey(data: Data("app-secret".utf8))
        let now = milliseconds()
        var lines = Data()
        for number in 0..<bench.webhooks {
            let body =
                #"{"object":"page","entry":[{"time":\#(now),"id":"1000000000","messaging":[{"sender":{"id":"\#(2_000_000_000_000_000 + number)"},"recipient":{"id":"1000000000"},"timestamp":\#(now),"message":{"mid":"m_\#(number)","text":"Ch\u00e0o shop, m\u00ecnh c\u1ea7n t\u01b0 v\u1ea5n"}}]}]}"#
            let code = HMAC<SHA256>.authenticationCode(for: Data(body.utf8), using: key)
            lines.append(Data("sha256=\(code.map { String(format: "%02x", $0) }.joined())\t\(body)\n".utf8))
        }
        try lines.write(to: URL(filePath: file))
    }
}
