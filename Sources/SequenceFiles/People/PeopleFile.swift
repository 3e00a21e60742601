import DripCore
package import Foundation

/// A file of people: a table whose first line names its columns, or a list of ids, one per line. Only a piece of it is in memory.
/// It is read once to check all of it (`survey`), and once more to import its people (`parts`).
package struct PeopleFile: Sendable {
    let source: ByteSource
    let path: String
    let page: String?
    let zone: TimeZone?
    let pieceSize: Int

    /// The most Unicode scalars of an attribute; texts of messages are shorter.
    static let longestValue = PersonRecord.longestAttribute
    /// The most problems to list: a table whose columns are shifted has one in every line.
    static let mostProblems = 50
    /// The most pages for which a survey has an example.
    static let mostExamples = 1_000

    /// - Parameters:
    ///   - path: the path as given, which problems name; `-` is standard input.
    ///   - page: the page of people for whom the file names none.
    ///   - zone: the time zone of times without one; nil to refuse such times.
    /// - Throws: a `Diagnostic` if the file cannot be read.
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

/// The problems in a file of people: the first ones, and the number of all.
struct PeopleProblems {
    let path: String
    /// At most `PeopleFile.mostProblems`.
    private(set) var first: [Diagnostic] = []
    private(set) var count = 0

    init(path: String) {
        self.path = path
    }

    mutating func add(_ place: SourceLocation?, _ message: String, _ suggestion: String? = nil) {
        count += 1
        guard first.count < PeopleFile.mostProblems else { return }
        first.append(
            Diagnostic(
                file: path,
                place: place,
                severity: .error,
                message: StrangeCharacter.naming(message),
                suggestion: suggestion
            )
        )
    }
}
