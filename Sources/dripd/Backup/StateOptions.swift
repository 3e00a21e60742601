import ArgumentParser
import Foundation
import SequenceFiles

/// Which state directory a command works on, without asking a daemon.
struct StateOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The state directory. Default: what --config says, else ./dripd.yaml, else the installed service's, \
            /var/lib/dripd.
            """,
            valueName: "dir"
        )
    )
    var state: String?

    @Option(
        help: ArgumentHelp(
            "The daemon's configuration file. Default: ./dripd.yaml, else the installed service's, /etc/dripd/dripd.yaml.",
            valueName: "file"
        )
    )
    var config: String?

    /// In which times are shown: the configured one, else the machine's.
    var zone: TimeZone {
        ((try? Places(config: config).configuration) ?? nil)?.zone ?? .current
    }

    var directory: String {
        get throws { try Places(config: config).stateDirectory(state) }
    }
}
