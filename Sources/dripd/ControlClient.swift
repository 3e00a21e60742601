import Channels
import Foundation
import Glibc
import SafeFiles
import WebServer

/// Talks to the daemon through its control socket.
struct ControlClient {
    /// What the daemon was asked for and will not do, in words for the user.
    struct Refused: Error, CustomStringConvertible {
        let description: String
        /// As HTTP has them.
        let status: Int
    }

    /// The socket is there, and not for this user.
    struct NotPermitted: Error, CustomStringConvertible {
        let what: String
        let todo: String

        var description: String { "\(what): \(todo)" }
    }

    private let socket: String
    private let group: String?
    private let transport: CurlTransport

    /// - Parameter group: whose members may ask it, as the configuration says.
    init(socket: String, group: String? = nil) throws {
        self.socket = socket
        self.group = group
        transport = try CurlTransport(userAgent: "dripd/\(Version.text)")
    }

    func get<Answer: Decodable>(_ path: String, query: [String: String] = [:]) async throws -> Answer {
        var components = URLComponents()
        components.path = path
        components.queryItems = query.sorted { $0.key < $1.key }.map { URLQueryItem(name: $0.key, value: $0.value) }
        let url = self.url(components.string ?? path)
        return try await send { HTTPRequest(method: .get, url: url, unixSocketPath: $0) }
    }

    func post<Answer: Decodable>(
        _ path: String,
        _ order: some Encodable,
        timeLimits: HTTPTimeLimits = .standard
    ) async throws -> Answer {
        let body = Array(try JSONEncoder().encode(order))
        // The socket tells the daemon who runs this, and after sudo that is root.
        let login = [HTTPHeader(AuditMessages.loginHeader, "\(SystemUser.login)")]
        return try await send {
            .postJSON(body, to: url(path), headers: login, unixSocketPath: $0, timeLimits: timeLimits)
        }
    }

    /// The host is only a word in the request's header: the socket decides who answers.
    private func url(_ path: String) -> String {
        "http://dripd\(path)"
    }

    /// The socket's directory is the service's: a link in it may lead to the socket of another program, which would take root's
    /// orders for orders to itself.
    /// - Returns: nil for a socket that is connected to by its path.
    private func trusted() throws -> TrustedSocket? {
        guard geteuid() == 0 else { return nil }
        do throws(FileFailure) {
            return try TrustedSocket(socket)
        } catch {
            guard error.code == 0 else { return nil }
            throw Failure("cannot ask \(error)")
        }
    }

    private func send<Answer: Decodable>(_ request: (_ path: String) -> HTTPRequest) async throws -> Answer {
        let response: HTTPResponse
        let trusted = try self.trusted()
        defer { withExtendedLifetime(trusted) {} }
        do {
            response = try await transport.send(request(trusted?.location ?? socket))
        } catch {
            // Where nobody listens, libcurl's words are of the host and the port that only fill a header.
            if error.kind == .stall || error.kind == .timeout, error.arrival == .perhaps {
                throw Failure("the daemon at \(socket) does not answer: \(error.message)\n\(Self.hintOfSilence)")
            }
            guard error.kind == .connect else {
                throw Failure("no dripd answers at \(socket): \(error.message)\n\(Self.hint)")
            }
            throw refusal
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

    private static let hint =
        "Is it running (systemctl status dripd)? --config FILE or --control-socket PATH say where."

    private static let hintOfSilence =
        "What was asked may still be done. journalctl -u dripd says what it does; systemctl restart dripd ends that."

    /// Why it cannot be connected to.
    private var refusal: any Error {
        guard access(socket, W_OK) != 0, errno == EACCES else {
            return Failure(
                """
                no dripd answers at \(socket)
                \(Self.hint)
                """
            )
        }
        let todo =
            group.map { "run as root, or join the group \($0) (usermod -aG \($0) USER) and log in again" }
            ?? "run as root or the daemon's user; `control_group:` in its configuration lets a group's members ask"
        return NotPermitted(what: "permission denied: \(socket)", todo: todo)
    }
}
