import ArgumentParser
import ControlAPI
import DripCore
import DripEngine
import DripStore
import Foundation
import SafeFiles

struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy the state into one file, and check it. The daemon may run meanwhile.",
        discussion: """
            A backup has no sequences and no secrets. It also lacks dripd.fence, so that dripd recognizes a backup that comes \
            back (`dripd restore`). If FILE is a directory, the backup is named by the time. A backup contains what people \
            wrote, so only its owner can read it.
            """
    )

    @Argument(help: ArgumentHelp("The backup file, or a directory for it.", valueName: "file"), completion: .file())
    var path: String

    @OptionGroup var state: StateOptions

    @Flag(help: "Replace FILE if it exists.")
    var force = false

    @Option(help: ArgumentHelp("Keep only this many backups in the directory FILE, the newest.", valueName: "number"))
    var keep: Int?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if let keep, keep < 1 { throw ValidationError("--keep must be at least 1") }
    }

    func run() async throws {
        var isDirectory: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
        let folder = isThere && isDirectory.boolValue ? BackupFolder(path: path) : nil
        guard folder != nil || keep == nil else {
            throw Failure("--keep needs a directory, and \(path) is not one")
        }
        let now = SystemClock.realNow()
        let file = folder?.file(at: now) ?? path
        try folder?.removeLeftovers()
        let report = try StateBackup.make(
            of: try state.directory,
            at: file,
            overwriting: force,
            now: now,
            progress: BackupFormatter.progress("copied")
        )
        let removed = try keep.flatMap { try folder?.remove(allBut: $0) } ?? []
        if json { return try JSONOutput.print(report) }
        let text = BackupFormatter(report, zone: state.zone)
        try Output.standard.lines(text.lines(of: file) + removed.map { "removed \($0)" })
    }
}

/// A directory of backups. Each is named by its time, so the names sort by time.
struct BackupFolder {
    let path: String

    func file(at now: Instant) -> String {
        "\(path)/dripd-\(Self.stamp(now)).db"
    }

    /// Returns a time such as `20270104T030000Z`.
    static func stamp(_ now: Instant) -> String {
        now.description.prefix { $0 != "." }.filter { $0 != "-" && $0 != ":" } + "Z"
    }

    /// Removes the partial files of killed backups.
    func removeLeftovers() throws {
        try StateBackup.removeLeftovers(in: path, named: Self.isBackup)
    }

    private static func isBackup(_ name: String) -> Bool {
        name.wholeMatch(of: /dripd-\d{8}T\d{6}Z\.db/) != nil
    }

    /// Removes the oldest backups. Files with other names are not dripd's, and stay.
    /// - Returns: the paths of the removed files.
    func remove(allBut count: Int) throws -> [String] {
        let directory = try OpenDirectory(path)
        return try directory.names().filter(Self.isBackup).dropLast(count).map { name in
            try directory.remove(name)
            return "\(path)/\(name)"
        }
    }
}

/// The lines that describe a backup.
struct BackupFormatter {
    private let report: BackupReport
    private let zone: TimeZone

    init(_ report: BackupReport, zone: TimeZone) {
        self.report = report
        self.zone = zone
    }

    func lines(of path: String) -> [String] {
        let sums = report.sums
        let size = report.bytes < 1_000_000 ? "\(report.bytes / 1000) kB" : "\(report.bytes / 1_000_000) MB"
        return [
            "\(path)  \(size), checked\(report.at.map { ", as of \(LocalTime.text($0, zone))" } ?? "")",
            "people       \(sums.people), enrollments under way \(sums.underWay) of \(sums.enrolled)",
            "steps        \(sums.sent) sent, \(sums.skipped) skipped, \(sums.failed) failed, \(sums.inDoubt) in doubt",
        ]
    }

    /// Returns a handler that shows progress on standard error.
    static func progress(_ word: String) -> (Double) -> Void {
        { share in
            Output.noteProgress("\(word) \(Int(share * 100)) %\(share < 1 ? "" : "; checking it")")
        }
    }
}
