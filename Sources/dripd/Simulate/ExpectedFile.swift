import ArgumentParser
import DripCore
import Foundation
import SafeFiles

/// A file of timelines that are to stay as they are: each below the command that prints it.
struct ExpectedFile {
    struct Section {
        /// As it stands behind `# dripd simulate `.
        let command: String
        let expected: String
        /// What it prints now; nil until it was played.
        var printed: String?

        var isMet: Bool { printed == expected }
    }

    let path: String
    /// What stands before the first command, for people.
    private let preamble: [String]
    private(set) var sections: [Section]

    private static let mark = "# dripd simulate "

    /// Finds and reads them.
    /// - Parameter orNew: a sequence file that has none gets one with commands to begin with.
    /// - Throws: `Failure`.
    static func load(_ paths: [String], orNew: Bool) throws -> [ExpectedFile] {
        var files: [ExpectedFile] = []
        for path in paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw Failure("\(path): there is no such file")
            }
            if isFolder.boolValue {
                let names = try FileManager.default.contentsOfDirectory(atPath: path)
                files += try names.filter { $0.hasSuffix(".expected") && !$0.hasPrefix(".") }.sorted()
                    .map { try ExpectedFile(path.hasSuffix("/") ? path + $0 : "\(path)/\($0)") }
            } else if [".yaml", ".yml"].contains(where: path.lowercased().hasSuffix) {
                let expected = String(path[..<(path.lastIndex(of: ".") ?? path.endIndex)]) + ".expected"
                if FileManager.default.fileExists(atPath: expected) {
                    files.append(try ExpectedFile(expected))
                } else if orNew {
                    files.append(ExpectedFile(for: path, at: expected))
                } else {
                    throw Failure("\(expected): there is no such file; `dripd simulate --update \(path)` makes one")
                }
            } else {
                files.append(try ExpectedFile(path))
            }
        }
        return files
    }

    private init(_ path: String) throws {
        self.path = path
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw Failure("\(path): \(ErrorText.words(error))")
        }
        var pieces: [(command: String, lines: [String])] = []
        var preamble: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if line.hasPrefix(Self.mark) {
                pieces.append((String(line.dropFirst(Self.mark.count)), []))
            } else if pieces.isEmpty {
                preamble.append(line)
            } else {
                pieces[pieces.count - 1].lines.append(line)
            }
        }
        self.preamble = preamble
        sections = pieces.map { Section(command: $0.command, expected: Self.body($0.lines)) }
    }

    /// One to begin with: nobody replies, somebody does, somebody starts late in the evening at the end of a month.
    private init(for sequence: String, at path: String) {
        self.path = path
        preamble = []
        let name = URL(filePath: sequence).lastPathComponent
        sections = ["", " --reply '3 days'", " --start '2027-01-30 21:50'"].map {
            Section(command: name + $0, expected: "")
        }
    }

    /// Empty lines around a timeline are there for people.
    private static func body(_ lines: [String]) -> String {
        lines.drop { $0.isEmpty }.reversed().drop { $0.isEmpty }.reversed().joined(separator: "\n")
    }

    /// Plays every section.
    /// - Throws: `Failure`, when a command cannot be played at all.
    mutating func play(zone: TimeZone, settings: CatalogSettings) async throws {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        for index in sections.indices {
            let command = sections[index].command
            do {
                let order = try SimulateCommand.parse(ShellWords.split(command))
                guard !order.check, !order.update, !order.json else {
                    throw Failure("--check, --update and --json do not belong here")
                }
                let timeline = try await order.timeline(
                    folder: folder,
                    zone: order.scenario.zone ?? zone,
                    settings: settings
                ) { name in
                    throw Failure("--person \(name): there is no such file, and no daemon is asked here")
                }
                sections[index].printed = TimelineText(timeline).text
            } catch {
                let why = (error as? Failure)?.description ?? SimulateCommand.message(for: error)
                throw Failure("\(path): \(Self.mark)\(command)\n\(why)")
            }
        }
    }

    var hasChanged: Bool { !sections.allSatisfy(\.isMet) }

    func write() throws {
        let text = sections.map { "\(Self.mark)\($0.command)\n\n\($0.printed ?? $0.expected)\n" }
            .joined(separator: "\n\n")
        let head = preamble.joined(separator: "\n")
        do throws(FileFailure) {
            try OutputFile.write(Array((head.isEmpty ? "" : head + "\n").appending(text).utf8), to: path)
        } catch {
            throw Failure("cannot write \(path): \(error.why)")
        }
    }
}
