import DripStore
import Foundation

/// What is in a backup, in lines.
struct BackupText {
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

    /// Tells whoever watches how far it is.
    static func progress(_ word: String) -> (Double) -> Void {
        { share in
            Output.noteProgress("\(word) \(Int(share * 100)) %\(share < 1 ? "" : "; checking it")")
        }
    }
}
