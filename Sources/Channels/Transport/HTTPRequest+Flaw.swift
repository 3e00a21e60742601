extension HTTPRequest {
    /// Why this request cannot be put on a wire as it stands, or nil. Quotes no value: values hold tokens.
    var flaw: String? {
        if url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7f }) {
            return "the URL contains a space or a control character"
        }
        if let unixSocketPath, unixSocketPath.isEmpty || unixSocketPath.utf8.contains(0) {
            return "the path of the Unix socket is empty or contains a NUL"
        }
        if isPlain, !mayBePlain {
            return "only https:// leaves this machine: a request without TLS can be read and changed on its way"
        }
        if method == .get, !body.isEmpty {
            return "a GET has no body"
        }
        let limits = [timeLimits.connectMilliseconds, timeLimits.totalMilliseconds, timeLimits.stallSeconds]
        if !limits.allSatisfy({ (1...Int(Int32.max)).contains($0) }) {
            return "a time limit is not between 1 and \(Int32.max)"
        }
        return headers.lazy.compactMap(\.flaw).first
    }
}

extension HTTPHeader {
    /// These describe the message's length and its end. They belong to the transport: what `TransportError.Arrival`
    /// says rests upon a `Content-Length` that counts the whole body.
    private static let framing: Set<String> = ["connection", "content-length", "expect", "transfer-encoding"]

    fileprivate var flaw: String? {
        if name.isEmpty || !name.utf8.allSatisfy(isTokenCharacter) {
            return "a header's name is not a token (RFC 9110, section 5.6.2)"
        }
        if value.utf8.contains(where: { $0 == 0 || $0 == 0x0a || $0 == 0x0d }) {
            return "the value of header \(name) contains a line break or a NUL"
        }
        if Self.framing.contains(name.lowercased()) {
            return "header \(name) is the transport's own"
        }
        return nil
    }

    private func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
