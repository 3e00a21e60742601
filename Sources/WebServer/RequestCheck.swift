import DripEngine
import NIOHTTP1

/// Why a request is answered by the server itself, and with what. Its connection ends with the answer.
struct Refusal {
    var status: HTTPResponseStatus
    var text: String
    var kind: RefusalLog.Kind?
    /// Seconds after which it may come again.
    var retryAfter: Int?

    static let tooLarge = Refusal(status: .payloadTooLarge, text: "the body is too long", kind: .tooLarge)
    static let noRoom = Refusal(
        status: .serviceUnavailable,
        text: "too many bodies at once: send it again later",
        kind: .noRoom,
        retryAfter: 5
    )
    static let brokenBody = Refusal(status: .badRequest, text: "the body is broken", kind: .brokenBody)
    static let badHTTP = Refusal(status: .badRequest, text: "this is not a request that can be read", kind: .badHTTP)
    static let tls = Refusal(
        status: .badRequest,
        text: "dripd speaks HTTP here: a web server in front of it speaks HTTPS",
        kind: .tls
    )
    static let longHeader = Refusal(
        status: .requestHeaderFieldsTooLarge,
        text: "the header is too long",
        kind: .longHeader
    )
    static let badVersion = Refusal(status: .httpVersionNotSupported, text: "dripd speaks HTTP/1.1", kind: .badHTTP)
    static let badHost = Refusal(status: .badRequest, text: "a request names one host", kind: .badHost)
}

/// What is to become of a request, by its header.
enum RequestVerdict {
    /// - Parameter bodyLimit: how many bytes its body may have; 0: none is read, and the connection ends with the answer if there
    ///   is one.
    case pass(bodyLimit: Int)
    case refuse(Refusal)
}

/// What every request must be like, whatever it wants. Where two programs could read one request differently (a proxy and dripd),
/// it is refused. Source: RFC 9112, sections 3.2 and 6; RFC 9110, section 7.2.
enum RequestCheck {
    static func refusal(of head: HTTPRequestHead) -> Refusal? {
        let hosts = head.headers["host"]
        let isOld = head.isOld
        guard hosts.count == 1 || (hosts.isEmpty && isOld), hosts.allSatisfy(isHost) else { return .badHost }
        let encodings = head.headers["transfer-encoding"]
        guard encodings.isEmpty || (encodings.count == 1 && encodings[0].lowercased() == "chunked" && !isOld) else {
            return Refusal(
                status: isOld ? .badRequest : .notImplemented,
                text: "of transfer codings, dripd reads chunked",
                kind: .badHTTP
            )
        }
        let lengths = head.headers["content-length"]
        guard lengths.isEmpty || (lengths.count == 1 && encodings.isEmpty && isNumber(lengths[0])) else {
            return .badHTTP
        }
        guard head.method != .CONNECT else {
            return Refusal(status: .badRequest, text: "dripd is no proxy", kind: .badHTTP)
        }
        return nil
    }

    static func hasBody(_ head: HTTPRequestHead) -> Bool {
        if head.headers.contains(name: "transfer-encoding") { return true }
        return head.headers.first(name: "content-length").map { Int($0) != 0 } ?? false
    }

    /// The path and query that a target names, beginning with `/`; nil: it names none.
    static func pathAndQuery(of target: String) -> String? {
        if target.utf8.first == UInt8(ascii: "/") { return target }
        let schemes = ["http://", "https://"]
        guard let scheme = schemes.first(where: { target.prefix($0.count).lowercased() == $0 }) else { return nil }
        let rest = target.dropFirst(scheme.count)
        guard let slash = rest.utf8.firstIndex(of: UInt8(ascii: "/")), isHost(String(rest[..<slash])),
            slash > rest.startIndex
        else { return nil }
        return String(rest[slash...])
    }

    /// A name or an address, with or without a port. It may be empty.
    private static func isHost(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-._~%:[]!$&'()*+;=".utf8.contains(byte)
            }
        }
    }

    private static func isNumber(_ text: String) -> Bool {
        (1...18).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}

extension HTTPRequestHead {
    /// HTTP/1.0: the parser takes no other major version.
    var isOld: Bool { version.minor < 1 }
}
