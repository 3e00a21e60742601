import ArgumentParser
import Foundation
import SequenceFiles
import WebServer

/// How a command finds the daemon.
struct ControlOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The daemon's control socket. Default: what --config says, else ./dripd.yaml, else the installed service's, \
            /run/dripd/control.sock.
            """,
            valueName: "path"
        )
    )
    var controlSocket: String?

    @Option(
        help: ArgumentHelp(
            "The daemon's configuration file. Default: ./dripd.yaml, else the installed service's, /etc/dripd/dripd.yaml.",
            valueName: "file"
        )
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

    /// The zone in which times are shown: the shop's, as the daemon knows it, else the machine's.
    /// - Throws: what keeps the daemon from answering at all, so that a command does not wait for it twice.
    static func zone(_ client: ControlClient) async throws -> TimeZone {
        do {
            let answer: ZoneAnswer = try await client.get("/zone")
            return TimeZone(identifier: answer.zone) ?? .current
        } catch is ControlClient.Refused {
            return .current
        }
    }

    /// What --config names, else ./dripd.yaml, else the installed service's.
    var configuration: Configuration? {
        get throws { try places.configuration }
    }
}
