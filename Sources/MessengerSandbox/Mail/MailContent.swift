import Foundation

/// Reads a mail. It decodes what dripd writes: encoded words in UTF-8, quoted-printable and base64, and one level of
/// `multipart/alternative`.
package struct MailContent: Sendable {
    private static let (fieldLimit, partLimit) = (10_000, 20)

    private let fields: [(name: String, value: [UInt8])]
    private let body: ArraySlice<UInt8>
    /// The header as it is, each line with its line break.
    let header: ArraySlice<UInt8>

    package init(_ raw: [UInt8]) {
        self.init(raw[...])
    }

    private init(_ raw: ArraySlice<UInt8>) {
        var fields: [(name: String, value: [UInt8])] = []
        var rest = raw
        header = Self.header(of: raw, &fields, &rest)
        self.fields = fields
        body = rest
    }

    private static func header(
        of raw: ArraySlice<UInt8>,
        _ fields: inout [(name: String, value: [UInt8])],
        _ rest: inout ArraySlice<UInt8>
    ) -> ArraySlice<UInt8> {
        while !rest.isEmpty {
            let start = rest.startIndex
            let line = nextLine(of: &rest)
            if line.isEmpty { return raw[..<start] }
            if line.first == 0x20 || line.first == 0x09 {
                // A folded field: unfolding removes the line break alone (RFC 5322, section 2.2.3).
                if !fields.isEmpty { fields[fields.count - 1].value += line }
            } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
                let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
                fields.append((name, Array(line[(colon + 1)...])))
            }
        }
        return raw
    }

    /// The first field of this name as it is, unfolded.
    package func field(_ name: String) -> String? {
        guard let field = fields.first(where: { $0.name == name.lowercased() }) else { return nil }
        return String(decoding: field.value.prefix(Self.fieldLimit), as: UTF8.self).trimmingCharacters(in: .whitespaces)
    }

    /// The first field of this name with its encoded words decoded (RFC 2047).
    package func decodedField(_ name: String) -> String? {
        field(name).map(Self.decodedWords)
    }

    package var text: String? { part("text/plain") }
    package var html: String? { part("text/html") }

    private func part(_ type: String) -> String? {
        ([self] + parts).first { $0.mediaType == type }?.decodedBody
    }

    private var contentType: String { field("Content-Type") ?? "text/plain" }

    private var mediaType: String {
        contentType.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
    }

    private var parts: [MailContent] {
        guard mediaType.hasPrefix("multipart/"),
            let boundary = contentType.firstMatch(of: /(?i)boundary="?([^";]+)"?/)?.1
        else { return [] }
        let (delimiter, end) = (Array("--\(boundary)".utf8), Array("--\(boundary)--".utf8))
        var parts: [MailContent] = []
        var rest = body
        var start: Int?
        while !rest.isEmpty, parts.count < Self.partLimit {
            let lineStart = rest.startIndex
            let line = Self.nextLine(of: &rest)
            let isLast = line.elementsEqual(end)
            guard isLast || line.elementsEqual(delimiter) else { continue }
            // The line break before a delimiter belongs to the delimiter (RFC 2046, section 5.1.1).
            if let start { parts.append(MailContent(body[start..<max(start, lineStart - 2)])) }
            start = rest.startIndex
            if isLast { break }
        }
        return parts
    }

    /// With line feeds only.
    private var decodedBody: String {
        let encoding = field("Content-Transfer-Encoding")?.lowercased()
        let bytes =
            switch encoding {
            case "quoted-printable": Self.decodedQuotedPrintable(body)
            case "base64": Array(Data(base64Encoded: Data(body), options: .ignoreUnknownCharacters) ?? Data())
            default: Array(body)
            }
        return String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
    }

    /// - Returns: the line without its line break.
    private static func nextLine(of rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let end = rest.firstIndex(of: 0x0a) ?? rest.endIndex
        var line = rest[..<end]
        if line.last == 0x0d { line.removeLast() }
        rest = end < rest.endIndex ? rest[(end + 1)...] : []
        return line
    }
}

extension MailContent {
    /// Each word is decoded alone, so that a character that was split between two words shows.
    private static func decodedWords(_ text: String) -> String {
        let word = /=\?(?i:utf-8|us-ascii)\?([BbQq])\?([^? ]*)\?=/
        var decoded = ""
        var rest = text[...]
        var followsWord = false
        while let match = rest.firstMatch(of: word) {
            let between = rest[..<match.range.lowerBound]
            // Spaces between encoded words separate them, and are not part of the text.
            if !followsWord || !between.allSatisfy({ $0 == " " || $0 == "\t" }) { decoded += between }
            let bytes =
                match.1.lowercased() == "b"
                ? Array(Data(base64Encoded: String(match.2)) ?? Data())
                : decodedQuotedPrintable(Array(match.2.replacing("_", with: " ").utf8)[...])
            decoded += String(decoding: bytes, as: UTF8.self)
            rest = rest[match.range.upperBound...]
            followsWord = true
        }
        return decoded + rest
    }

    /// RFC 2045, section 6.7. What is not encoded correctly stays as it is.
    private static func decodedQuotedPrintable(_ encoded: ArraySlice<UInt8>) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(encoded.count)
        var rest = encoded
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "=") else {
                decoded.append(byte)
                continue
            }
            if rest.starts(with: [0x0d, 0x0a]) {
                rest = rest.dropFirst(2)
            } else if let value = UInt8(hexadecimal: rest.prefix(2)) {
                decoded.append(value)
                rest = rest.dropFirst(2)
            } else {
                decoded.append(byte)
            }
        }
        return decoded
    }
}

extension UInt8 {
    fileprivate init?(hexadecimal digits: ArraySlice<UInt8>) {
        guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
        else { return nil }
        self = value
    }
}
