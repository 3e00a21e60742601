import ArgumentParser
import Foundation
import SequenceFiles

/// Which state directory a command works on, without asking a daemon.
struct StateOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The state directory. Default: what --config says, else ./dripd.yaml, else \(Self.installed).",
            valueName: "dir"
        )
    )
    var state: String?

    @Option(help: ArgumentHelp("The daemon's configuration file.", valueName: "file"))
    var config: String?

    static let installed = "/var/lib/dripd"

    /// In which times are shown: the configured one, else the machine's.
    var zone: TimeZone {
        ((try? ConfigurationFile.ifThere(config)) ?? nil)?.zone ?? .current
    }

    var directory: String {
        get throws {
            if let state { return state }
            return try ConfigurationFile.ifThere(config)?.stateDirectory ?? Self.installed
        }
    }
}
