import DripEngine
import NIOHTTP1

/// An error answer that the server sends without calling a route. The connection is closed after it.
struct Refusal {
    var status: HTTPResponseStatus
    var text: String
    var kind: RefusalLog.Kind?
    /// The seconds after which the client may try again.
    var retryAfter: Int?

    static let tooLarge = Refusal(status: .payloadTooLarge, text: "the body is too long", kind: .tooLarge)
    static let noRoom = Refusal(
        status: .serviceUnavailable,
        text: "too many bodies at once: send it again later",
        kind: .noRoom,
        retryAfter: 5
    )
    static let brokenBody = Refusal(status: .badRequest, text: "the body is broken", kind: .brokenBody)
    static let badHTTP = Refusal(status: .badRequest, text: "malformed HTTP request", kind: .badHTTP)
    static let tls = Refusal(
        status: .badRequest,
        text: "dripd speaks plain HTTP here: for HTTPS, put a web server in front of it",
        kind: .tls
    )
    static let longHeader = Refusal(
        status: .requestHeaderFieldsTooLarge,
        text: "the header is too long",
        kind: .longHeader
    )
    static let badVersion = Refusal(status: .httpVersionNotSupported, text: "dripd speaks HTTP/1.1", kind: .badHTTP)
    static let badHost = Refusal(status: .badRequest, text: "a request must have one valid Host header", kind: .badHost)
}

/// The decision on a request, made from its header.
enum RequestVerdict {
    /// - Parameter bodyLimit: the maximum size of the body in bytes; 0: a body is not read, and the connection is closed after
    ///   the answer.
    case pass(bodyLimit: Int)
    case refuse(Refusal)
}

/// The checks of every request, on any route. A request that two programs could read differently (a proxy and dripd) is
/// refused. Source: RFC 9112, sections 3.2 and 6; RFC 9110, section 7.2.
enum RequestCheck {
    static func refusal(of head: HTTPRequestHead) -> Refusal? {
        let hosts = head.headers["host"]
        let isOld = head.isOld
        guard hosts.count == 1 || (hosts.isEmpty && isOld), hosts.allSatisfy(isHost) else { return .badHost }
        let encodings = head.headers["transfer-encoding"]
        guard encodings.isEmpty || (encodings.count == 1 && encodings[0].lowercased() == "chunked" && !isOld) else {
            return Refusal(
                status: isOld ? .badRequest : .notImplemented,
                text: "the only transfer coding that dripd reads is chunked",
                kind: .badHTTP
            )
        }
        let lengths = head.headers["content-length"]
        guard lengths.isEmpty || (lengths.count == 1 && encodings.isEmpty && isNumber(lengths[0])) else {
            return .badHTTP
        }
        guard head.method != .CONNECT else {
            return Refusal(status: .badRequest, text: "dripd is not a proxy", kind: .badHTTP)
        }
        return nil
    }

    static func hasBody(_ head: HTTPRequestHead) -> Bool {
        if head.headers.contains(name: "transfer-encoding") { return true }
        return head.headers.first(name: "content-length").map { Int($0) != 0 } ?? false
    }

    /// Returns the path and query of a request target, beginning with `/`; nil if it has no path.
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

    /// Returns whether a text has the form of a name or an address, with or without a port. It may be empty.
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
    /// Whether the version is HTTP/1.0: the parser accepts no other major version than 1.
    var isOld: Bool { version.minor < 1 }
}

/// The public server's check of a request header, before anything else of the request is read.
enum PublicRequestCheck {
    static let webhooks = "/webhooks/messenger"
    /// Each path has only this spelling. A proxy that blocks one of them compares spellings: if `//metrics` were another name
    /// for `/metrics`, the proxy would pass it on.
    private static let paths: Set<Substring> = ["/healthz", "/readyz", "/metrics", "/webhooks/messenger"]

    /// The links to pages for people have no other characters, so that each has only one spelling.
    private static func isOfPage(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_./".utf8.contains(byte)
        }
    }

    static func verdict(on head: inout HTTPRequestHead) -> RequestVerdict {
        guard let target = RequestCheck.pathAndQuery(of: head.uri) else {
            return .refuse(Refusal(status: .badRequest, text: "the request target has no path", kind: .badHTTP))
        }
        let path = target.prefix { $0 != "?" }
        // There is no route `/`: the router answers that nothing is there.
        let isPage = path.hasPrefix("/p/") && path.utf8.dropFirst(3).allSatisfy(isOfPage)
        head.uri = paths.contains(path) || isPage ? target : "/"
        if isPage, head.method == .POST { return .pass(bodyLimit: PublicPages.bodyLimit) }
        guard head.method == .POST, path == webhooks else { return .pass(bodyLimit: 0) }
        let signatures = head.headers["x-hub-signature-256"]
        guard signatures.count == 1, Intake.couldBeSignature(signatures[0]) else {
            return .refuse(
                Refusal(status: .unauthorized, text: "the signature does not match the body", kind: .badSignature)
            )
        }
        guard head.headers["content-encoding"].allSatisfy({ $0.lowercased() == "identity" }) else {
            return .refuse(
                Refusal(status: .unsupportedMediaType, text: "the body must not be compressed", kind: .encodedBody)
            )
        }
        return .pass(bodyLimit: WebhookRoutes.bodyLimit)
    }
}
