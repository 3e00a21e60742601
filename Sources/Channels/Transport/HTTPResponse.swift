/// A complete HTTP response.
package struct HTTPResponse: Sendable, Hashable {
    package var status: Int
    package var headers: HTTPResponseHeaders
    package var body: [UInt8]

    package init(status: Int, headers: HTTPResponseHeaders = HTTPResponseHeaders(), body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// The header fields of a response. They are stored as the lines received and parsed on demand: of dozens, a caller needs two.
package struct HTTPResponseHeaders: Sendable, Hashable {
    /// `Name: value` lines, each ended by a line feed.
    private(set) var lines: [UInt8]

    package init(_ headers: [HTTPHeader] = []) {
        lines = headers.flatMap { Array("\($0.name): \($0.value)\n".utf8) }
    }

    init(lines: [UInt8]) {
        self.lines = lines
    }

    /// The value of the first field with this name, without surrounding white space. Case does not matter.
    package subscript(name: String) -> String? {
        var rest = lines[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest[..<end]
            rest = rest[(end + 1)...]
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            if line[..<colon].elementsEqual(name.utf8, by: { lowercased($0) == lowercased($1) }) {
                return String(decoding: trimmed(line[(colon + 1)...]), as: UTF8.self)
            }
        }
        return nil
    }

    private func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    private func trimmed(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
        guard let last = value.lastIndex(where: { !isSpace($0) }) else { return [] }
        return value[...last].drop(while: isSpace)
    }
}
