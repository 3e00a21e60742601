package import DripCore
import Foundation

/// A file of people: a table whose first line names its columns, or ids alone, one a line.
package struct PeopleFile: Sendable {
    package let people: [PersonRecord]
    /// All that is wrong; where anything is, nobody of the file may be taken.
    package let diagnostics: [Diagnostic]

    package static let longestBytes = 64 * 1024 * 1024
    static let mostPeople = 250_000
    /// Of one attribute, in scalars; what goes into a message is shorter.
    static let longestValue = 1_000
    /// More would tell nothing new: a table whose columns are shifted has one in every line.
    static let mostProblems = 50

    /// - Parameters:
    ///   - path: as it was given: problems name it.
    ///   - page: of those for whom the file says none.
    package static func load(path: String, page: String?) -> PeopleFile {
        do {
            return PeopleFile(bytes: try BoundedFile(path: path, limit: longestBytes).bytes, path: path, page: page)
        } catch {
            return PeopleFile(
                people: [],
                diagnostics: [Diagnostic(file: path, place: nil, severity: .error, message: error.reason)]
            )
        }
    }

    package init(bytes: [UInt8], path: String, page: String?) {
        var reader = PeopleFileReader(path: path, page: page)
        reader.read(bytes)
        self.init(people: reader.diagnostics.isEmpty ? reader.people : [], diagnostics: reader.diagnostics)
    }

    private init(people: [PersonRecord], diagnostics: [Diagnostic]) {
        self.people = people
        self.diagnostics = diagnostics
    }
}
