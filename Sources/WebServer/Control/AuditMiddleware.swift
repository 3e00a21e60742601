import ControlAPI
import DripEngine
import DripStore
import Glibc
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1

/// Middleware that records every request that may change something, with its user and its result. It runs inside
/// `RefusalMiddleware`, where errors are not yet answers.
struct AuditMiddleware<Context: RequestContext>: RouterMiddleware {
    let operations: Operations

    /// The POST routes that change nothing. Every other request that is not a GET is recorded, on new routes as well.
    static var reading: Set<String> {
        ["/people/list", "/people/search", "/people/import", "/comments", "/plan", "/audit"]
    }

    static var verbs: [String: AuditVerb] {
        [
            "/people/enroll": .enroll, "/people/stop": .stop, "/people/resume": .resume,
            "/people/import/take": .takeImport, "/people/tag": .tag, "/people/untag": .untag,
            "/people/link": .link, "/people/unlink": .unlink, "/people/consent": .consent, "/people/address": .address,
            "/people/forget": .forget, "/jobs/resolve": .resolve, "/sync": .sync, "/hold/adopt": .adoptState,
            "/apply": .apply, "/reload": .reload,
        ]
    }

    @concurrent func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard request.method != .get, request.method != .head, !Self.reading.contains(request.uri.path) else {
            return try await next(request, context)
        }
        let peer = AuditPeer(
            HTTPField.Name(PeerHandler.header).flatMap { request.headers[$0] },
            login: HTTPField.Name(AuditPeer.loginHeader).flatMap { request.headers[$0] }
        )
        let verb = Self.verbs[request.uri.path]?.rawValue ?? Self.word(request.uri.path)
        return try await operations.audited(verb, by: peer) {
            do {
                return try await next(request, context)
            } catch let error as HTTPError {
                AuditedRequest.current?.recordFailure(.refused, because: error.status.reasonPhrase)
                throw error
            }
        }
    }

    /// Returns the audit's word for a route without a verb: its path, or `unknown` if no route of ours has such a path.
    private static func word(_ path: String) -> String {
        let word = path.split(separator: "/").joined(separator: "-")
        return word.count <= 40 && word.utf8.allSatisfy(isWordByte) ? word : "unknown"
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "-")
    }
}

/// Adds the process at the other end of the Unix socket to each request, as the kernel recorded it when the client connected:
/// in a header that no client can forge.
///
/// The kernel is asked when the connection opens: the client may be gone before its request is carried out.
final class PeerHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    static let header = "dripd-peer"

    /// `struct ucred`, which the Glibc module does not export. Source: unix(7), SO_PEERCRED.
    private struct Credentials {
        let pid: Int32
        let uid: UInt32
        let gid: UInt32
    }

    private var peer: String?

    func handlerAdded(context: ChannelHandlerContext) {
        guard let socket = context.channel as? any SocketOptionProvider else { return }
        let credentials: EventLoopFuture<Credentials> = socket.unsafeGetSocketOption(
            level: SocketOptionLevel(SOL_SOCKET),
            name: SocketOptionName(SO_PEERCRED)
        )
        // On the channel's own event loop, the result is available at once.
        let own = NIOLoopBound(self, eventLoop: context.eventLoop)
        credentials.whenSuccess { own.value.peer = "\($0.uid) \($0.gid) \($0.pid)" }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        head.headers.remove(name: Self.header)
        if let peer { head.headers.add(name: Self.header, value: peer) }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }
}

/// Inserts a `PeerHandler` where NIO's HTTP/1 parts pass: see `GateInstaller`.
final class PeerHandlerInstaller: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(PeerHandler(), position: .after(decoder))
        } catch {
            context.fireErrorCaught(error)
        }
    }
}

extension AuditPeer {
    /// - Parameters:
    ///   - peer: the header that a `PeerHandler` wrote; nil if there is none.
    ///   - login: the uid of the login user, as the client reports it.
    init?(_ peer: String?, login: String?) {
        let numbers = (peer ?? "").split(separator: " ")
        guard numbers.count == 3, let uid = UInt32(numbers[0]), let gid = UInt32(numbers[1]),
            let pid = Int32(numbers[2])
        else { return nil }
        let login = login.flatMap { UInt32($0) }
        self.init(uid: uid, gid: gid, pid: pid, login: login == uid ? nil : login)
    }
}
