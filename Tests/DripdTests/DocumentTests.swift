import ArgumentParser
import Foundation
import Testing

@testable import SequenceFiles
@testable import dripd

/// The commands and keys that the documents show are those that the program has.
@Suite struct DocumentTests {
    private static let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func text(_ name: String) throws -> String {
        try String(contentsOf: project.appending(path: name), encoding: .utf8)
    }

    private static let names = [
        "README.md", "docs/getting-started.md", "docs/sequences.md", "docs/configuration.md", "docs/operations.md",
        "docs/personal-data.md", "SECURITY.md",
    ]

    /// The help of every command, by its name: `people list`.
    private static func helps(of command: any ParsableCommand.Type = Dripd.self) -> [String: String] {
        let help = Dripd.helpMessage(for: command, columns: 200)
        let usage = help.firstMatch(of: /USAGE: dripd ?([a-z -]*)/).map { String($0.1) } ?? ""
        let name = usage.split(separator: " ").prefix { !$0.hasPrefix("-") }.joined(separator: " ")
        return command.configuration.subcommands.reduce(into: [name: help]) { all, sub in
            all.merge(helps(of: sub)) { first, _ in first }
        }
    }

    @Test(arguments: names) func `each command and option of a document is in the help`(name: String) throws {
        let helps = Self.helps()
        let shown = try Self.text(name).matches(
            of: /(?:^ {4}|`)(?:sudo )?dripd ([a-z][^`\n#|;&]*)/.anchorsMatchLineEndings()
        )
        #expect(!shown.isEmpty)
        for match in shown {
            let words = match.1.split(separator: " ").map(String.init)
            let path = (1...2).reversed().map { words.prefix($0).joined(separator: " ") }.first { helps[$0] != nil }
            let help = try #require(path.flatMap { helps[$0] }, "\(name): there is no 'dripd \(match.1)'")
            for option in match.1.matches(of: /--[a-z][a-z-]*/) {
                #expect(help.contains(option.0), "\(name): 'dripd \(match.1)' has no \(option.0)")
            }
        }
    }

    @Test func `each key of the configuration has its place in the document`() throws {
        let text = try Self.text("docs/configuration.md")
        for schema in [
            ConfigurationSchema.top, ConfigurationSchema.adopt, ConfigurationSchema.optOut,
            ConfigurationSchema.messenger,
            ConfigurationSchema.page, ConfigurationSchema.marketing,
        ] + ConfigurationSchema.channels.map(ConfigurationSchema.account) {
            for key in schema.keys {
                #expect(text.contains("`\(key)") || text.contains(".\(key)`") || text.contains("`{\(key):"), "\(key)")
            }
        }
    }
}
