import Glibc

/// The parts of a `multipart/form-data` body: a strict parser for RFC 7578, with the syntax of RFC 2046.
struct MultipartForm {
    struct Part: Equatable {
        let name: String
        /// Nil if the part is a field, not a file.
        let fileName: String?
        let mediaType: String?
        let content: ArraySlice<UInt8>
    }

    static let mediaType = "multipart/form-data"
    static let partLimit = 20
    static let headerLimit = 8192

    let parts: [Part]

    /// - Parameter contentType: the request's header, which names the boundary.
    init(_ body: [UInt8], contentType: String) throws(MultipartError) {
        let delimiter = Array("\r\n--\(try Self.boundary(in: contentType))".utf8)
        // At the very beginning of the body, the delimiter has no line break before it.
        var place = body.starts(with: delimiter.dropFirst(2)) ? delimiter.count - 2 : 0
        if place == 0 {
            guard let first = Self.place(of: delimiter, in: body, from: 0) else { throw .noBoundary }
            place = first + delimiter.count
        }
        var parts: [Part] = []
        while !body[place...].starts(with: Array("--".utf8)) {
            guard parts.count < Self.partLimit else { throw .tooManyParts }
            while place < body.count, body[place] == UInt8(ascii: " ") || body[place] == UInt8(ascii: "\t") {
                place += 1
            }
            guard body[place...].starts(with: Array("\r\n".utf8)) else { throw .brokenBoundary }
            guard let end = Self.place(of: delimiter, in: body, from: place) else { throw .unfinished }
            // In a part without headers, the CRLF that ends the boundary line begins the empty line.
            guard let headersEnd = Self.place(of: Array("\r\n\r\n".utf8), in: body, from: place), headersEnd + 4 <= end
            else { throw .brokenHeaders }
            guard headersEnd - place <= Self.headerLimit else { throw .headersTooLong }
            parts.append(try Self.part(headers: body[place..<headersEnd], content: body[(headersEnd + 4)..<end]))
            place = end + delimiter.count
        }
        self.parts = parts
    }

    private static func boundary(in contentType: String) throws(MultipartError) -> String {
        guard let parameters = parameters(of: contentType, value: mediaType), let boundary = parameters["boundary"],
            boundary.wholeMatch(of: /[0-9A-Za-z'()+_,.\/:=? -]{0,69}[0-9A-Za-z'()+_,.\/:=?-]/) != nil
        else { throw .noBoundaryParameter }
        return boundary
    }

    private static func part(
        headers: ArraySlice<UInt8>,
        content: ArraySlice<UInt8>
    ) throws(MultipartError) -> Part {
        guard let text = String(validating: headers, as: UTF8.self) else { throw .brokenHeaders }
        var disposition: [String: String]?
        var mediaType: String?
        for line in text.split(separator: "\r\n") {
            let halves = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2, halves[0].wholeMatch(of: /[!-9;-~]+/) != nil else { throw .brokenHeaders }
            let value = halves[1].trimmingSpaces()
            switch halves[0].lowercased() {
            case "content-disposition":
                guard disposition == nil, let parameters = parameters(of: value, value: "form-data") else {
                    throw .brokenDisposition
                }
                disposition = parameters
            case "content-type":
                mediaType = value.split(separator: ";").first.map { $0.trimmingSpaces().lowercased() }
            case "content-transfer-encoding":
                guard ["7bit", "8bit", "binary"].contains(value.lowercased()) else { throw .encoded }
            default: break
            }
        }
        guard let name = disposition?["name"], !name.isEmpty else { throw .brokenDisposition }
        return Part(name: name, fileName: disposition?["filename"], mediaType: mediaType, content: content)
    }

    /// Returns the parameters after `value` in a header such as `form-data; name="filedata"; filename="a.png"`, or nil if
    /// the header has another value, invalid syntax or a duplicate parameter.
    private static func parameters(of header: String, value: String) -> [String: String]? {
        let halves = header.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves[0].trimmingSpaces().lowercased() == value else { return nil }
        var parameters: [String: String] = [:]
        var rest = halves.count > 1 ? ";" + halves[1] : ""
        while !rest.allSatisfy({ $0 == " " || $0 == "\t" }) {
            guard
                let match = rest.prefixMatch(
                    of: /[ \t]*;[ \t]*([0-9A-Za-z*_-]+)=(?:"((?:[^"\\]|\\.)*)"|([^ \t";,]+))/
                ), parameters[match.1.lowercased()] == nil
            else { return nil }
            parameters[match.1.lowercased()] =
                match.2.map { String($0.replacing(/\\(.)/) { $0.1 }) } ?? match.3.map { String($0) }
            rest.removeFirst(match.0.count)
        }
        return parameters
    }

    /// Returns the offset of the first `pattern` in `body` at or after `start`. Uses memchr and memcmp because a body may
    /// have millions of bytes; the pattern's first byte is rare enough.
    private static func place(of pattern: [UInt8], in body: [UInt8], from start: Int) -> Int? {
        body.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var start = start
            while start + pattern.count <= bytes.count,
                let found = memchr(base + start, Int32(pattern[0]), bytes.count - pattern.count - start + 1)
            {
                if memcmp(found, pattern, pattern.count) == 0 { return base.distance(to: found) }
                start = base.distance(to: found) + 1
            }
            return nil
        }
    }
}

extension StringProtocol {
    fileprivate func trimmingSpaces() -> String {
        var rest = Substring(self)
        while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
        while rest.last == " " || rest.last == "\t" { rest.removeLast() }
        return String(rest)
    }
}

/// A syntax error in a `multipart/form-data` body.
enum MultipartError: Error, Equatable, CustomStringConvertible {
    case noBoundaryParameter
    case noBoundary
    case brokenBoundary
    case unfinished
    case tooManyParts
    case headersTooLong
    case brokenHeaders
    case brokenDisposition
    case encoded

    var description: String {
        switch self {
        case .noBoundaryParameter: "the Content-Type of a multipart body needs a boundary of 1 to 70 characters"
        case .noBoundary: "the boundary that the Content-Type names is not in the body"
        case .brokenBoundary: "a boundary is followed by neither -- nor the end of its line"
        case .unfinished: "the body ends before its last boundary"
        case .tooManyParts: "a multipart body has at most \(MultipartForm.partLimit) parts"
        case .headersTooLong: "the headers of a part have at most \(MultipartForm.headerLimit) bytes"
        case .brokenHeaders: "the headers of a part are not lines of a name, a colon and a value, then an empty line"
        case .brokenDisposition: "a part needs one header Content-Disposition: form-data with a name"
        case .encoded: "the content of a part must not be encoded"
        }
    }
}
