import ArgumentParser
import Testing

@testable import dripd

/// `--help` of every command, as it is where no terminal says its width.
struct HelpTests {
    private static let commands = all(Dripd.self)

    private static func all(_ command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
        [command] + command.configuration.subcommands.flatMap(all)
    }

    private func help(_ command: any ParsableCommand.Type) -> [String] {
        let end = CommandEnd(
            CleanExit.helpRequest(command),
            of: Dripd.self,
            arguments: [],
            isUsage: true,
            columns: nil
        )
        return (end.output ?? "").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test func `no line is wider than 80 columns`() {
        #expect(Self.commands.count > 30)
        for command in Self.commands {
            for line in help(command) { #expect(TextWidth.of(line) <= 80, "\(command): \(line)") }
        }
    }

    /// Folded, they would go on at the left edge.
    @Test func `lines that are laid out by hand are not folded`() {
        for command in Self.commands {
            for line in command.configuration.discussion.split(separator: "\n") where line.hasPrefix("  ") {
                #expect(TextWidth.of(String(line)) <= 80, "\(command): \(line)")
            }
        }
    }

    @Test func `a usage goes on in a line of its own`() {
        #expect(
            help(PlanCommand.self).prefix { !$0.hasPrefix("ARGUMENTS") }.suffix(3) == [
                "USAGE: dripd plan [--control-socket <path>] [--config <file>] [<path> ...]",
                "  [--state <dir>] [--people] [--limit <limit>] [--detailed-exitcode] [--json]", "",
            ]
        )
    }
}
