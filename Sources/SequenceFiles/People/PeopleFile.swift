import DripCore
package import Foundation

/// A file of people: a table whose first line names its columns, or ids alone, one a line. However long it is, a piece of it is in memory:
/// it is read once to check all of it (`survey`), and once more to take its people (`part`).
package struct PeopleFile: Sendable {
    let source: ByteSource
    let path: String
    let page: String?
    let zone: TimeZone?
    let pieceSize: Int

    /// Of one attribute, in scalars; what goes into a message is shorter.
    static let longestValue = PersonRecord.longestAttribute
    /// More would tell nothing new: a table whose columns are shifted has one in every line.
    static let mostProblems = 50
    /// Pages that a survey has an example of.
    static let mostExamples = 1_000

    /// - Parameters:
    ///   - path: as it was given: problems name it; `-` is the standard input.
    ///   - page: of those for whom the file says none.
    ///   - zone: of times that say none; nil: such times are refused.
    /// - Throws: a `Diagnostic`: it cannot be read.
    package init(path: String, page: String?, zone: TimeZone?) throws(Diagnostic) {
        do {
            source = try path == "-" ? ByteSource(standardInput: 0) : ByteSource(path: path)
        } catch {
            throw Diagnostic(file: path, place: nil, severity: .error, message: error.reason)
        }
        self.path = path
        self.page = page
        self.zone = zone
        pieceSize = 256 * 1024
    }

    /// - Parameter pieceSize: how many bytes are parsed at once.
    package init(bytes: [UInt8], path: String, page: String?, zone: TimeZone? = nil, pieceSize: Int = 256 * 1024) {
        source = ByteSource(bytes)
        self.path = path
        self.page = page
        self.zone = zone
        self.pieceSize = pieceSize
    }
}
