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
