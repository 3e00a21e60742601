import ArgumentParser
import CVersion

/// The version of this program.
enum Version {
    /// Such as "0.2.0".
    static let text = DRIPD_VERSION
    /// The commit that was built, such as "93a4f2c"; nil if it is unknown.
    static let commit = known(dripd_commit())
    /// The commit's date, such as "2026-11-30"; nil if it is unknown.
    static let date = known(dripd_date())

    /// For people: "0.2.0 (93a4f2c, 2026-11-30)".
    static let description: String = {
        let build = [commit, date].compactMap(\.self).joined(separator: ", ")
        return build.isEmpty ? text : "\(text) (\(build))"
    }()

    private static func known(_ text: UnsafePointer<CChar>) -> String? {
        let text = String(cString: text)
        return text.isEmpty ? nil : text
    }
}

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Print the version, with the commit and its date."
    )

    @Flag(help: "Print JSON.")
    var json = false

    private struct Report: Encodable {
        let version: String
        let commit: String?
        let date: String?
    }

    func run() throws {
        guard json else { return try Output.standard.line("dripd \(Version.description)") }
        try JSONOutput.print(Report(version: Version.text, commit: Version.commit, date: Version.date))
    }
}
