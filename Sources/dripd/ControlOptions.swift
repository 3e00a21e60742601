import ArgumentParser
import Foundation
import SequenceFiles
import WebServer

/// How a command finds the daemon.
struct ControlOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The daemon's control socket. Default: what --config says, else ./dripd.yaml, else \(Self.installed).",
            valueName: "path"
        )
    )
    var controlSocket: String?

    @Option(help: ArgumentHelp("The daemon's configuration file.", valueName: "file"))
    var config: String?

    static let installed = "/run/dripd/control.sock"

    var client: ControlClient {
        get throws { try ControlClient(socket: try socket) }
    }

    private var socket: String {
        get throws {
            if let controlSocket { return controlSocket }
            return try configuration?.controlSocket ?? Self.installed
        }
    }

    /// The zone in which times are shown: the shop's, as the daemon knows it, else the machine's.
    static func zone(_ client: ControlClient) async -> TimeZone {
        guard let answer: ZoneAnswer = try? await client.get("/zone") else { return .current }
        return TimeZone(identifier: answer.zone) ?? .current
    }

    /// What --config names, else ./dripd.yaml if it is there.
    var configuration: Configuration? {
        get throws {
            try ConfigurationFile.ifThere(config)
        }
    }
}
