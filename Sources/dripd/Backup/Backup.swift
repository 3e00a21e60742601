import ArgumentParser
import DripEngine
import DripStore
import Foundation

struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy the state into one file, checked, also while the daemon runs.",
        discussion: """
            Sequences and secrets are not part of it, and neither is dripd.fence, by which a backup is recognised when it \
            comes back (`dripd restore`). FILE may be a directory: the file is then named by the time. Whoever can read the \
            file can read what people wrote: it is made for its owner alone.
            """
    )

    @Argument(help: ArgumentHelp("The file, or a directory for it.", valueName: "file"))
    var path: String

    @OptionGroup var state: StateOptions

    @Flag(help: "Replace FILE if it is there.")
    var force = false

    @Option(help: ArgumentHelp("Of those in the directory FILE, keep the newest so many.", valueName: "number"))
    var keep: Int?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if let keep, keep < 1 { throw ValidationError("--keep is a number from 1 up") }
    }

    func run() async throws {
        var isDirectory: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
        let folder = isThere && isDirectory.boolValue ? BackupFolder(path: path) : nil
        guard folder != nil || keep == nil else {
            throw Failure("--keep counts the files of a directory; \(path) is none")
        }
        let now = SystemClock.realNow()
        let file = folder?.file(at: now) ?? path
        try folder?.removeLeftovers()
        let report = try StateBackup.make(
            of: try state.directory,
            at: file,
            overwriting: force,
            now: now,
            progress: BackupText.progress("copied")
        )
        let removed = try keep.flatMap { try folder?.remove(allBut: $0) } ?? []
        if json { return try JSONOutput.print(report) }
        let text = BackupText(report, zone: state.zone)
        try Output.standard.lines(text.lines(of: file) + removed.map { "removed \($0)" })
    }
}
