import ArgumentParser
import SequenceFiles

/// The command that the user probably meant by an unknown one.
struct CommandSuggestion {
    private let root: any ParsableCommand.Type

    init(_ root: any ParsableCommand.Type) {
        self.root = root
    }

    /// Returns an error for a command that does not exist.
    /// - Parameter arguments: the command line without the program.
    /// - Returns: nil if the commands exist, or if the word after a command resembles none and so may be an argument.
    func message(for arguments: [String]) -> String? {
        var path = [Self.name(of: root)]
        var command = root
        for word in arguments where !word.hasPrefix("-") {
            let children = command.configuration.subcommands
            guard !children.isEmpty else { return nil }
            if command == root, word == "help" { continue }
            guard let child = children.first(where: { Self.name(of: $0) == word }) else {
                return message(word, below: command, path)
            }
            command = child
            path.append(word)
        }
        return nil
    }

    private func message(_ word: String, below command: any ParsableCommand.Type, _ path: [String]) -> String? {
        let near = candidates(for: word, below: command, path)
        guard !near.isEmpty || command == root else { return nil }
        let meant = near.map { "`\($0.joined(separator: " "))`" }.joined(separator: " or ")
        return "there is no command '\((path.dropFirst() + [word]).joined(separator: " "))'; "
            + (near.isEmpty ? "`\(path[0]) --help` lists the commands" : "did you mean \(meant)?")
    }

    /// Returns commands of the same name anywhere, else the most similar one here, else the most similar ones anywhere.
    private func candidates(
        for word: String,
        below command: any ParsableCommand.Type,
        _ path: [String]
    ) -> [[String]] {
        let all = Self.paths(below: root, [Self.name(of: root)])
        let same = all.filter { $0.last == word.lowercased() }
        if !same.isEmpty { return same }
        let here = command.configuration.subcommands.map(Self.name)
        if let near = Spelling.nearest(to: word, of: here) { return [path + [near]] }
        guard let near = Spelling.nearest(to: word, of: all.compactMap(\.last)) else { return [] }
        return all.filter { $0.last == near }
    }

    private static func paths(below command: any ParsableCommand.Type, _ path: [String]) -> [[String]] {
        command.configuration.subcommands.flatMap { child in
            let own = path + [name(of: child)]
            return [own] + paths(below: child, own)
        }
    }

    /// Returns the command's name. Without one of its own, it is the name of the type, which is a single word.
    private static func name(of command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? String(describing: command).lowercased()
    }
}
