import ArgumentParser
import DripEngine
import DripStore
import Foundation

struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put a backup in the place of the state, on hold.",
        discussion: """
            dripd must not run. The database that was there is kept beside the new one. The restored state knows nothing of \
            what was sent after the backup was made, so that dripd, started on it, sends nothing until `dripd adopt-state` \
            says so. Who stopped or was erased since is read from the list beside the database (dripd.suppressions), which \
            no backup has in it: on another machine copy that file first, or nothing is known of them.
            """
    )

    @Argument(help: ArgumentHelp("The backup.", valueName: "file"))
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
            progress: BackupText.progress("restored")
        )
        if json { return try JSONOutput.print(report) }
        var lines = BackupText(report, zone: state.zone).lines(of: directory)
        if let former { lines.append("the former database is \(former)") }
        lines.append("Start dripd: it takes what comes in and sends nothing until you have looked")
        lines.append("  dripd adopt-state")
        try Output.standard.lines(lines)
    }
}
