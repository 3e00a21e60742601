import ArgumentParser
import DripEngine
import DripStore
import Foundation
import SequenceFiles

struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Replace the state with a backup, and put it on hold.",
        discussion: """
            Stop dripd first. The old database is kept beside the new one. The restored state does not know what was sent \
            after the backup was made. So dripd sends nothing from it until `dripd adopt-state --yes`.

            dripd reads from the list beside the database (dripd.suppressions) which people stopped or were erased since. No \
            backup contains this list. On another machine, copy the file first; otherwise dripd does not know these people.
            """
    )

    @Argument(help: ArgumentHelp("The backup.", valueName: "file"), completion: .file())
    var path: String

    @OptionGroup var state: StateOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let directory = try state.directory
        let now = SystemClock.realNow()
        let request = AuditedRequest(AuditVerb.restore.rawValue, by: SystemUser.peer, at: now)
        let (report, former) = try StateBackup.restore(
            path,
            to: directory,
            stamp: BackupFolder.stamp(now),
            request: request,
            progress: BackupFormatter.progress("restored")
        )
        if json { return try JSONOutput.print(report) }
        var lines = BackupFormatter(report, zone: state.zone).lines(of: directory)
        if let former { lines.append("the old database is kept as \(former)") }
        lines.append("Now start dripd. It receives webhooks, but sends nothing until you end the hold:")
        lines.append("  dripd adopt-state")
        try Output.standard.lines(lines)
    }
}

/// The options that tell a command where the state is, without a daemon.
struct StateOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The state directory. Default: that of --config, else of ./dripd.yaml, else the installed service's, \
            /var/lib/dripd.
            """,
            valueName: "dir"
        ),
        completion: .directory
    )
    var state: String?

    @Option(
        help: ArgumentHelp(
            "The daemon's configuration file. Default: ./dripd.yaml, else the installed service's, /etc/dripd/dripd.yaml.",
            valueName: "file"
        ),
        completion: .yaml
    )
    var config: String?

    /// The zone for showing times: the configuration's, else the machine's.
    var zone: TimeZone {
        ((try? Places(config: config).configuration) ?? nil)?.zone ?? .current
    }

    var directory: String {
        get throws { try Places(config: config).stateDirectory(state) }
    }
}
