/// The man page of a command, in mdoc(7).
struct ManualPage {
    /// Such as `dripd-people-list`.
    let name: String
    let text: String

    /// Returns the pages of a command and of all below it.
    static func all(of command: Help.Command, date: String, above: [String] = []) -> [ManualPage] {
        let words = above + [command.commandName]
        let shown = (command.subcommands ?? []).filter { ($0.shouldDisplay ?? true) && $0.commandName != "help" }
        return [ManualPage(of: command, words, shown, date: date)]
            + shown.flatMap { all(of: $0, date: date, above: words) }
    }

    private init(of command: Help.Command, _ words: [String], _ commands: [Help.Command], date: String) {
        let name = words.joined(separator: "-")
        let arguments = (command.arguments ?? []).filter(\.shouldDisplay)
        var page = Mdoc()
        page.line(".Dd \(date)")
        page.line(".Dt \(name.uppercased()) 1")
        page.line(".Os")
        page.line(".Sh NAME")
        page.line(".Nm \(name)")
        page.line(".Nd \(Mdoc.escaped(Self.phrase(command.abstract ?? "")))")
        page.line(".Sh SYNOPSIS")
        page.line(".Nm \(words.joined(separator: " "))")
        if !commands.isEmpty { page.line(".Ar command") }
        for argument in arguments where argument.isInSynopsis { page.line(argument.synopsis) }
        page.line(".Sh DESCRIPTION")
        page.text([command.abstract, command.discussion].compactMap(\.self).joined(separator: "\n\n"))
        if !commands.isEmpty {
            page.line(".Sh COMMANDS")
            page.list(commands.map { (".Xr \(name)-\($0.commandName) 1", $0.abstract ?? "") })
        }
        if !arguments.isEmpty {
            page.line(".Sh OPTIONS")
            page.list(arguments.map { ($0.title, $0.explanation) })
        }
        if words.count == 1 {
            page.line(".Sh FILES")
            page.list(Self.files.map { (".Pa \($0)", $1) })
        }
        if command.discussion?.contains("Exit codes") != true {
            page.line(".Sh EXIT STATUS")
            page.text("0: success. 1: invalid input, or a failure. 64: wrong usage.")
        }
        page.line(".Sh SEE ALSO")
        let others =
            (words.count > 1 ? [(words.dropLast().joined(separator: "-"), 1)] : []) + [
                ("dripd-sequence", 5), ("dripd.yaml", 5),
            ]
        for (index, other) in others.enumerated() {
            page.line(".Xr \(other.0) \(other.1)\(index == others.count - 1 ? "" : " ,")")
        }
        self.name = name
        text = page.text
    }

    private static let files = [
        ("/etc/dripd/dripd.yaml", "The service's configuration."),
        ("/etc/dripd/Sequences", "The service's sequences."),
        ("/etc/dripd/secrets", "The service's secrets, one file each."),
        ("/var/lib/dripd", "The state: people, what they got, and what comes next."),
        ("/var/lib/dripd-backups", "The daily backups."),
        ("/run/dripd/control.sock", "Where commands reach the daemon."),
    ]

    /// A sentence as mdoc's .Nd wants it: without a capital and a full stop.
    private static func phrase(_ sentence: String) -> String {
        let text = sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}

extension Help.Argument {
    /// `--help` and `--version`, which every command has, are only in the list.
    fileprivate var isInSynopsis: Bool { !["help", "version"].contains(preferredName?.name) }

    private var value: String { Mdoc.escaped(valueName ?? "value") }

    /// As in the synopsis.
    fileprivate var synopsis: String {
        let inner =
            switch kind {
            case .positional: "Ar \(value)\(isRepeating ? " ..." : "")"
            case .option: "Fl \(flag) Ar \(value)"
            case .flag: "Fl \(flag)"
            }
        return (isOptional ? ".Op \(inner)" : ".\(inner)") + (isRepeating && kind == .option ? " Ns ..." : "")
    }

    /// As the head of its description.
    fileprivate var title: String {
        let flags = (names ?? []).map { "Fl \(Self.mdoc($0))" }.joined(separator: " , ")
        return switch kind {
        case .positional: ".Ar \(value)"
        case .option: ".\(flags) Ar \(value)"
        case .flag: ".\(flags)"
        }
    }

    fileprivate var explanation: String {
        var text = [abstract, discussion].compactMap(\.self).joined(separator: "\n\n")
        if let allValues, !allValues.allSatisfy(text.contains) {
            text += " One of: \(allValues.joined(separator: ", "))."
        }
        if let defaultValue, !defaultValue.isEmpty { text += " Default: \(defaultValue)." }
        return text
    }

    private var flag: String { preferredName.map(Self.mdoc) ?? "" }

    /// .Fl writes the first hyphen.
    private static func mdoc(_ name: Name) -> String { String(name.text.dropFirst()) }
}

/// Text in mdoc(7).
struct Mdoc {
    private(set) var text = ""

    mutating func line(_ line: String) { text += line + "\n" }

    /// Writes paragraphs; lines that are indented stay as they are.
    mutating func text(_ text: String) {
        var blocks: [(isLiteral: Bool, lines: [Substring])] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let isLiteral = line.hasPrefix("  ")
            if line.isEmpty {
                blocks.append((false, []))
            } else if let last = blocks.last, last.isLiteral == isLiteral, !last.lines.isEmpty {
                blocks[blocks.count - 1].lines.append(line)
            } else {
                blocks.append((isLiteral, [line]))
            }
        }
        for (index, block) in blocks.filter({ !$0.lines.isEmpty }).enumerated() {
            if block.isLiteral {
                line(".Bd -literal -offset indent")
                for text in block.lines { line(Self.escaped(String(text.dropFirst(2)))) }
                line(".Ed")
            } else {
                if index > 0 { line(".Pp") }
                // mdoc wants each sentence on a line of its own.
                let sentences = block.lines.joined(separator: "\n").replacing(/([.!?][)"']*) +/) { $0.1 + "\n" }
                for text in sentences.split(separator: "\n") { line(Self.escaped(String(text))) }
            }
        }
    }

    mutating func list(_ entries: [(title: String, text: String)]) {
        line(".Bl -tag -width Ds")
        for entry in entries {
            line(".It " + entry.title.drop { $0 == "." })
            text(entry.text)
        }
        line(".El")
    }

    /// Text without a meaning for roff; words in backticks are bold.
    static func escaped(_ text: String) -> String {
        var result = text.replacing("\\", with: "\\e")
        result = result.replacing(/`([^`]+)`/) { "\\fB\($0.1)\\fR" }
        return result.hasPrefix(".") || result.hasPrefix("'") ? "\\&" + result : result
    }
}
