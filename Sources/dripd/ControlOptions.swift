import ArgumentParser
import SequenceFiles

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

    /// What --config names, else ./dripd.yaml if it is there.
    var configuration: Configuration? {
        get throws {
            try ConfigurationFile.ifThere(config)
        }
    }
}
