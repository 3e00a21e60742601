import CGMime
import DripCore
import Foundation

/// How much of a mail is read.
package struct MailLimits: Hashable, Sendable {
    /// A larger mail is not read at all.
    package var bytes = 10_000_000
    /// Parts that are nested deeper are left out.
    package var depth = 20
    /// Later parts are left out.
    package var parts = 100
    /// In bytes. A longer value of a header field is cut.
    package var headerValue = 10_000
    /// Later fields of a header are left out.
    package var headerFields = 500
    /// In bytes. A longer content of a part is cut.
    package var content = 500_000

    package init() {}
}

/// A part of a mail. GMime parses it.
struct MIMEPart {
    /// Type and subtype, such as `text/plain`, in lower case.
    let type: String
    /// The parameter `report-type`, in lower case.
    let reportType: String?
    let isAttachment: Bool
    /// Without its transfer encoding; a text in UTF-8. Empty if the type is neither `text` nor `message`.
    let content: [UInt8]
    let children: [MIMEPart]

    /// The part and those in it, in order.
    var all: [MIMEPart] { [self] + children.flatMap(\.all) }

    var text: String { String(decoding: content, as: UTF8.self) }
}

/// A header. Names are in lower case; values have neither folds nor encoded words.
struct MailHeader {
    let fields: [(name: String, value: String)]

    /// The value of the first field of that name.
    subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    func values(of name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
}

/// The only place that uses GMime. It may be called from every thread: GMime shares only tables, which `isReady` fills
/// once.
struct MIMEParser {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let limits: MailLimits

    private static let isReady: Bool = {
        dripd_mime_init()
        return true
    }()

    /// GMime makes an object of each part and header field. The largest mail could have millions, and take gigabytes.
    private static let (mostBoundaries, mostFields) = (10_000, 200_000)
    /// In a report about several recipients each has a block of fields.
    static let mostBlocks = 100

    init(_ limits: MailLimits) {
        precondition(Self.isReady)
        self.limits = limits
    }

    func parse(_ mail: [UInt8]) throws(Failure) -> (header: MailHeader, body: MIMEPart) {
        guard mail.count <= limits.bytes else { throw Failure(description: "it is larger than \(limits.bytes) bytes") }
        guard LineCount(mail).isBelow(boundaries: Self.mostBoundaries, fields: Self.mostFields) else {
            throw Failure(description: "it has too many parts or header fields")
        }
        guard let root = object(Self.withoutMailboxLine(mail)) else {
            throw Failure(description: "it does not begin with a header")
        }
        defer { dripd_mime_unref(root) }
        var rest = limits.parts
        return (header(of: root), part(root, depth: 1, rest: &rest))
    }

    /// Returns the blocks of header fields that empty lines separate, such as those of `message/delivery-status`. The
    /// first block of a message is its header.
    func headers(in text: [UInt8], most: Int = mostBlocks) -> [MailHeader] {
        var blocks: [[UInt8]] = [[]]
        for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if line.isEmpty || line == [UInt8(ascii: "\r")] {
                if blocks.last?.isEmpty == false { blocks.append([]) }
                if blocks.count > most { break }
            } else {
                blocks[blocks.count - 1] += line + [UInt8(ascii: "\n")]
            }
        }
        return blocks.prefix(most).compactMap { block in
            guard !block.isEmpty, let object = object(block + [UInt8(ascii: "\n")]) else { return nil }
            defer { dripd_mime_unref(object) }
            return header(of: object)
        }
    }

    /// Returns the address in a field such as `From`.
    func address(in value: String) -> String? {
        // GMime reads a group in a group by recursion.
        guard value.utf8.count <= 1_000, let address = dripd_mime_first_address(value) else { return nil }
        defer { dripd_mime_free(address) }
        return String(cString: address)
    }

    private func object(_ bytes: some Collection<UInt8>) -> UnsafeMutablePointer<GMimeObject>? {
        Array(bytes).withUnsafeBytes { bytes in
            bytes.baseAddress.flatMap { dripd_mime_parse($0, bytes.count) }
        }
    }

    /// Exim and others write a line of the mbox format before a mail that they give to a program.
    private static func withoutMailboxLine(_ mail: [UInt8]) -> ArraySlice<UInt8> {
        guard mail.starts(with: "From ".utf8), let end = mail.firstIndex(of: UInt8(ascii: "\n")) else {
            return mail[...]
        }
        return mail[(end + 1)...]
    }

    // MARK: Objects of GMime as values

    private func part(_ object: UnsafeMutablePointer<GMimeObject>, depth: Int, rest: inout Int) -> MIMEPart {
        rest -= 1
        let type = g_mime_object_get_content_type(object)
        let isText = dripd_mime_is_text(object) != 0
        var media = Self.string(g_mime_content_type_get_media_type(type))?.lowercased() ?? ""
        var subtype = Self.string(g_mime_content_type_get_media_subtype(type))?.lowercased() ?? ""
        if isText, media != "text" { (media, subtype) = ("text", "plain") }
        let isRead = isText || media == "message"
        let content =
            isRead ? Self.bytes(dripd_mime_content(object)).map { Array($0.prefix(limits.content)) } ?? [] : []
        var children: [MIMEPart] = []
        if depth < limits.depth {
            for index in 0..<dripd_mime_child_count(object) {
                guard rest > 0 else { break }
                guard let child = dripd_mime_child(object, index) else { continue }
                children.append(part(child, depth: depth + 1, rest: &rest))
            }
        }
        return MIMEPart(
            type: "\(media)/\(subtype)",
            reportType: Self.string(g_mime_content_type_get_parameter(type, "report-type"))?.lowercased(),
            isAttachment: Self.string(g_mime_object_get_disposition(object))?.lowercased() == "attachment",
            content: isText
                ? Self.utf8(content, Self.string(g_mime_content_type_get_parameter(type, "charset"))) : content,
            children: children
        )
    }

    private func header(of object: UnsafeMutablePointer<GMimeObject>) -> MailHeader {
        let list = g_mime_object_get_header_list(object)
        let count = min(Int(g_mime_header_list_get_count(list)), limits.headerFields)
        return MailHeader(
            fields: (0..<count).compactMap { index in
                guard let field = g_mime_header_list_get_header_at(list, CInt(index)),
                    let name = Self.string(g_mime_header_get_name(field)), let raw = g_mime_header_get_raw_value(field)
                else { return nil }
                let cut: [CChar] = Array(UnsafeBufferPointer(start: raw, count: strnlen(raw, limits.headerValue))) + [0]
                guard let text = dripd_mime_header_text(cut) else { return nil }
                defer { dripd_mime_free(text) }
                return (name.lowercased(), String(cString: text).trimmed)
            }
        )
    }

    /// Mails with an unknown charset, or without one, are mostly in UTF-8 today.
    private static func utf8(_ text: [UInt8], _ charset: String?) -> [UInt8] {
        guard let charset = charset?.lowercased(), !["", "us-ascii", "utf-8", "utf8"].contains(charset),
            // The name of a charset, without iconv's own suffixes.
            charset.utf8.count <= 40, charset.utf8.allSatisfy({ $0.isCharsetByte }),
            let converted = bytes(dripd_mime_utf8(text, text.count, charset))
        else { return text }
        return converted
    }

    private static func string(_ text: UnsafePointer<CChar>?) -> String? {
        text.map { String(cString: $0) }
    }

    /// Takes an array over from C.
    private static func bytes(_ array: UnsafeMutablePointer<GByteArray>?) -> [UInt8]? {
        guard let array else { return nil }
        defer { dripd_mime_free_array(array) }
        return Array(UnsafeBufferPointer(start: array.pointee.data, count: Int(array.pointee.len)))
    }
}

/// Upper bounds of the number of parts and header fields, without a parser: a part follows a line that begins with two
/// dashes, and a field has a colon after its name.
private struct LineCount {
    private var boundaries = 0
    private var fields = 0

    private enum State {
        case start
        case dash
        case name
        case blank
        case rest
    }

    init(_ mail: [UInt8]) {
        var state = State.start
        for byte in mail {
            switch (byte, state) {
            case (UInt8(ascii: "\n"), _): state = .start
            case (_, .rest): break
            case (UInt8(ascii: "-"), .start): state = .dash
            case (UInt8(ascii: "-"), .dash):
                boundaries += 1
                state = .name
            case (UInt8(ascii: ":"), _):
                fields += 1
                state = .rest
            case (0x20, .start), (0x09, .start): state = .rest
            case (0x20, _), (0x09, _): state = .blank
            case (_, .blank): state = .rest
            default: state = .name
            }
        }
    }

    func isBelow(boundaries mostBoundaries: Int, fields mostFields: Int) -> Bool {
        boundaries < mostBoundaries && fields < mostFields
    }
}

extension UInt8 {
    fileprivate var isCharsetByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"): true
        default: false
        }
    }
}
