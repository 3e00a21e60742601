import Channels
import Foundation
import WebServer

/// Talks to the daemon through its control socket.
struct ControlClient {
    /// What the daemon was asked for and will not do, in words for the user.
    struct Refused: Error, CustomStringConvertible {
        let description: String
        /// As HTTP has them.
        let status: Int
    }

    private let socket: String
    private let transport: CurlTransport

    init(socket: String) throws {
        self.socket = socket
        transport = try CurlTransport(userAgent: "dripd/\(Version.text)")
    }

    func get<Answer: Decodable>(_ path: String, query: [String: String] = [:]) async throws -> Answer {
        var components = URLComponents()
        components.path = path
        components.queryItems = query.sorted { $0.key < $1.key }.map { URLQueryItem(name: $0.key, value: $0.value) }
        return try await send(HTTPRequest(method: .get, url: url(components.string ?? path), unixSocketPath: socket))
    }

    func post<Answer: Decodable>(_ path: String, _ order: some Encodable) async throws -> Answer {
        let body = Array(try JSONEncoder().encode(order))
        return try await send(.postJSON(body, to: url(path), unixSocketPath: socket))
    }

    /// The host is only a word in the request's header: the socket decides who answers.
    private func url(_ path: String) -> String {
        "http://dripd\(path)"
    }

    private func send<Answer: Decodable>(_ request: HTTPRequest) async throws -> Answer {
        let response: HTTPResponse
        do {
            response = try await transport.send(request)
        } catch {
            // Where nobody listens, libcurl's words are of the host and the port that only fill a header.
            throw Failure("no dripd answers at \(socket)\(error.kind == .connect ? "" : ": \(error.message)")\n\(hint)")
        }
        guard response.status == 200 else {
            let refusal = try? JSONDecoder().decode(ControlRefusal.self, from: Data(response.body))
            throw Refused(
                description: refusal?.error ?? "the daemon answered with status \(response.status)",
                status: response.status
            )
        }
        return try JSONDecoder().decode(Answer.self, from: Data(response.body))
    }

    private var hint: String {
        FileManager.default.fileExists(atPath: socket) && !FileManager.default.isReadableFile(atPath: socket)
            ? "Only the daemon's own user, or root, may ask it."
            : "Is it running (systemctl status dripd)? --config FILE or --control-socket PATH say where."
    }
}
