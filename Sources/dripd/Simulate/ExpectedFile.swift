import ArgumentParser
import DripCore
import Foundation
import SafeFiles

/// A file of expected timelines, each below the command that prints it.
struct ExpectedFile {
    struct Section {
        /// The arguments after `# dripd simulate `.
        let command: String
        let expected: String
        /// The output of the command now; nil until it has run.
        var printed: String?

        var isMet: Bool { printed == expected }
    }

    let path: String
    /// The lines before the first command, for people.
    private let preamble: [String]
    private(set) var sections: [Section]

    private static let mark = "# dripd simulate "

    /// Reads the expected files that the paths name.
    /// - Parameter orNew: whether to make a file with first commands for a sequence file that has none.
    /// - Throws: `Failure`.
    static func load(_ paths: [String], orNew: Bool) throws -> [ExpectedFile] {
        var files: [ExpectedFile] = []
        for path in paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw Failure("\(path): no such file")
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
                    throw Failure("\(expected): no such file; `dripd simulate --update \(path)` creates it")
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
            throw Failure("\(path): \(ErrorDescription.words(error))")
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

    /// Makes a file with three first commands: without a reply, with one, and with a start late in the evening at the end of a
    /// month.
    private init(for sequence: String, at path: String) {
        self.path = path
        preamble = []
        let name = URL(filePath: sequence).lastPathComponent
        sections = ["", " --reply '3 days'", " --start '2027-01-30 21:50'"].map {
            Section(command: name + $0, expected: "")
        }
    }

    /// Returns the timeline without the empty lines around it, which are for people.
    private static func body(_ lines: [String]) -> String {
        lines.drop { $0.isEmpty }.reversed().drop { $0.isEmpty }.reversed().joined(separator: "\n")
    }

    /// Runs the command of each section.
    /// - Throws: `Failure` if a command cannot run.
    mutating func play(zone: TimeZone, settings: CatalogSettings) async throws {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        for index in sections.indices {
            let command = sections[index].command
            do {
                let order = try SimulateCommand.parse(ShellWords.split(command))
                guard !order.check, !order.update, !order.json else {
                    throw Failure("--check, --update and --json are not allowed here")
                }
                let timeline = try await order.timeline(
                    folder: folder,
                    zone: order.scenario.zone ?? zone,
                    settings: settings
                ) { name in
                    throw Failure("--person \(name): no such file, and *.expected files cannot ask the daemon")
                }
                sections[index].printed = TimelineFormatter(timeline).text
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

/// The comparison of current timelines with the expected ones.
struct ExpectedReport: Encodable {
    struct Entry: Encodable {
        let file: String
        let command: String
        let isMet: Bool
        /// Lines as in `diff -u`: `-` was expected, `+` is printed now.
        let difference: [String]
    }

    let timelines: [Entry]
    let isUpdated: Bool

    init(_ files: [ExpectedFile], isUpdated: Bool) {
        self.isUpdated = isUpdated
        timelines = files.flatMap { file in
            file.sections.map { section in
                Entry(
                    file: file.path,
                    command: "dripd simulate \(section.command)",
                    isMet: section.isMet,
                    difference: section.expected.isEmpty
                        ? ["no timeline is recorded yet"]
                        : LineDifference.lines(from: section.expected, to: section.printed ?? "")
                )
            }
        }
    }

    var differing: Int { timelines.count { !$0.isMet } }

    var text: String {
        let differences = timelines.filter { !$0.isMet }.flatMap { entry in
            ["\(entry.file): \(entry.command)"] + entry.difference.map { "  \($0)" } + [""]
        }
        return (differences + [summary]).joined(separator: "\n")
    }

    private var summary: String {
        let count = timelines.count
        let all = "\(count) timeline\(count == 1 ? "" : "s")"
        if count == 0 { return "no timelines: `dripd simulate --update FILE.yaml` creates FILE.expected" }
        if differing == 0 { return "\(all): as expected" }
        return isUpdated
            ? "\(all): \(differing) updated"
            : "\(all): \(differing) not as expected; if that is intended, run `dripd simulate --update`"
    }
}
