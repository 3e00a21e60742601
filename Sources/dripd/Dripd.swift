import ArgumentParser
import Glibc
import TaskThreads

@main
struct Dripd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dripd",
        abstract: "Customer care by message, from sequence files, on the platform's rules.",
        discussion: """
            People write to your page; dripd sends each of them the messages of a sequence, on their own clock, each \
            exactly once or not at all for a stated reason.

              dripd demo                   see it work, against a local stand-in
              dripd init shop && cd shop   a configuration and a first sequence
              dripd check                  every problem in the sequence files
              dripd simulate FILE          what a person would get, and when
              dripd plan                   what an edit does to the people under way
              dripd apply                  put the sequence files in force
              dripd run                    the daemon, in the foreground
              dripd status                 how things stand
              dripd doctor                 what keeps messages from going out or coming in
              dripd explain PERSON         why they got what they got, and what comes next
              dripd audit                  who changed what by which command
              dripd link                   the links and QR codes by which people come

            Exit codes: 0 fine, 1 the input is wrong or something failed, 2 `plan --detailed-exitcode` found changes, 64 wrong usage.
            """,
        version: Version.text,
        subcommands: [
            Run.self, Check.self, PlanCommand.self, Apply.self, Reload.self, History.self, Initialize.self,
            StatusCommand.self,
            SimulateCommand.self, ExplainCommand.self, LinkCommand.self, Doctor.self,
            AdoptState.self, Backup.self, Restore.self, Audit.self, People.self, Comments.self, Sync.self, Jobs.self,
            SandboxCommand.self,
            Demo.self,
        ]
    )

    static func main() async {
        StandardDescriptors.open()
        // A reader that has gone is an error of the one write, and a command may have to clean up after it.
        signal(SIGPIPE, SIG_IGN)
        TaskThreads.install()
        let arguments = Array(CommandLine.arguments.dropFirst())
        var isUsage = true
        do {
            var command = try await asyncParseAsRoot(arguments)
            isUsage = false
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            let columns = Output.standard.columns
            end(CommandEnd(error, of: Self.self, arguments: arguments, isUsage: isUsage, columns: columns), error)
        }
    }

    private static func end(_ end: CommandEnd, _ error: any Error) -> Never {
        var end = end
        var error = error
        if let output = end.output {
            do {
                try Output.standard.paragraph(output)
            } catch let failure {
                error = failure
                end = CommandEnd(failure, of: Self.self, arguments: [], isUsage: false, columns: nil)
            }
        }
        if case Output.Failure.closed = error {
            // As every program that is before `head` in a pipe ends.
            signal(SIGPIPE, SIG_DFL)
            raise(SIGPIPE)
        }
        if let errors = end.errors, !errors.isEmpty { Output.note(errors) }
        Glibc.exit(end.code)
    }
}

enum Version {
    static let text = "0.1.0"
}
