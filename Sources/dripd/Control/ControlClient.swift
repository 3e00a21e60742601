import ArgumentParser
import Channels
import ControlAPI
import Foundation
import Glibc
import SafeFiles
import SequenceFiles

/// A client of the daemon's control socket.
struct ControlClient {
    /// The daemon refused the request, for a reason that the user can read.
    struct Refused: Error, CustomStringConvertible {
        let description: String
        /// The HTTP status.
        let status: Int
    }

    /// The socket exists, but this user may not use it.
    struct NotPermitted: Error, CustomStringConvertible {
        let what: String
        let todo: String

        var description: String { "\(what): \(todo)" }
    }

    private let socket: String
    private let group: String?
    private let transport: CurlTransport

    /// - Parameter group: the group that may use the socket, according to the configuration.
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
        // The socket tells the daemon the user of this process, which is root after sudo. The header adds the login.
        let login = [HTTPHeader(AuditPeer.loginHeader, "\(SystemUser.login)")]
        return try await send {
            .postJSON(body, to: url(path), headers: login, unixSocketPath: $0, timeLimits: timeLimits)
        }
    }

    /// Returns the URL of a request. Its host only fills a header: the socket decides which process answers.
    private func url(_ path: String) -> String {
        "http://dripd\(path)"
    }

    /// Checks the socket on behalf of root. The service's user owns its directory, and could put a link there that leads root's
    /// requests to another program's socket.
    /// - Returns: nil if the socket can be used by its path.
    private func trusted() throws -> TrustedSocket? {
        guard geteuid() == 0 else { return nil }
        do throws(FileFailure) {
            return try TrustedSocket(socket)
        } catch {
            guard error.code == 0 else { return nil }
            throw Failure("cannot use \(error)")
        }
    }

    private func send<Answer: Decodable>(_ request: (_ path: String) -> HTTPRequest) async throws -> Answer {
        let response: HTTPResponse
        let trusted = try self.trusted()
        defer { withExtendedLifetime(trusted) {} }
        do {
            response = try await transport.send(request(trusted?.location ?? socket))
        } catch {
            // If no process listens, libcurl's message is about the host and port that only fill a header.
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
        "Is it running (systemctl status dripd)? Use --config FILE or --control-socket PATH for another daemon."

    private static let hintOfSilence =
        "The request may still be carried out. journalctl -u dripd shows its progress; systemctl restart dripd ends it."

    /// Why the connection failed.
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
            ?? "run as root or the daemon's user, or set `control_group:` in the configuration to allow a group"
        return NotPermitted(what: "permission denied: \(socket)", todo: todo)
    }
}

/// The options that tell a command where the daemon is.
struct ControlOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The daemon's control socket. Default: that of --config, else of ./dripd.yaml, else the installed service's, \
            /run/dripd/control.sock.
            """,
            valueName: "path"
        ),
        completion: .file()
    )
    var controlSocket: String?

    @Option(
        help: ArgumentHelp(
            "The daemon's configuration file. Default: ./dripd.yaml, else the installed service's, /etc/dripd/dripd.yaml.",
            valueName: "file"
        ),
        completion: .yaml
    )
    var config: String?

    var places: Places { Places(config: config) }

    var client: ControlClient {
        get throws {
            try ControlClient(
                socket: try places.controlSocket(controlSocket),
                // A configuration that cannot be read names no group.
                group: (try? places.configuration)?.controlGroup
            )
        }
    }

    /// Returns the zone for showing times: the daemon's, else the machine's.
    /// - Throws: the error if the daemon does not answer, so that a command does not wait for it twice.
    static func zone(_ client: ControlClient) async throws -> TimeZone {
        do {
            let answer: ZoneAnswer = try await client.get("/zone")
            return TimeZone(identifier: answer.zone) ?? .current
        } catch is ControlClient.Refused {
            return .current
        }
    }

    /// The configuration of --config, else ./dripd.yaml, else the installed service's.
    var configuration: Configuration? {
        get throws { try places.configuration }
    }
}
