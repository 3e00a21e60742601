import ArgumentParser
import Glibc
import TaskThreads

@main
struct Dripd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dripd",
        abstract: "Send customer care messages from sequence files, within the platform's rules.",
        discussion: """
            People write to your page. dripd then sends each person the messages of a sequence, on that person's own \
            schedule. Each message is sent exactly once, or not at all for a recorded reason.

              dripd demo                   try it against a local stand-in for the platform
              dripd init shop && cd shop   create a configuration and a first sequence
              dripd check                  check the sequence files
              dripd simulate FILE          show what a person would get, and when
              dripd plan                   show what an edit changes for people under way
              dripd apply                  put the sequence files in force
              dripd setup                  configure the installed service
              dripd run                    run the daemon in the foreground
              dripd status                 show the daemon's status
              dripd doctor                 find what blocks sending or receiving
              dripd explain PERSON         explain what a person got, and what comes next
              dripd audit                  list who changed what, with which command
              dripd link                   make links and QR codes that start sequences

            Exit codes: 0 success, 1 invalid input or a failure, 2 `plan --detailed-exitcode` found changes, 64 wrong usage.
            """,
        version: Version.description,
        subcommands: [
            Run.self, Check.self, PlanCommand.self, Apply.self, Reload.self, History.self, Initialize.self,
            SetupCommand.self,
            StatusCommand.self,
            SimulateCommand.self, ExplainCommand.self, LinkCommand.self, Doctor.self,
            AdoptState.self, Backup.self, Restore.self, Audit.self, People.self, Comments.self, Sync.self, Jobs.self,
            MailCommand.self, PushCommand.self, SandboxCommand.self,
            Demo.self, VersionCommand.self,
        ]
    )

    static func main() async {
        StandardDescriptors.open()
        // A closed pipe fails only the write, so that the command can still clean up.
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
            // End like any program whose reader, such as `head`, closed the pipe.
            signal(SIGPIPE, SIG_DFL)
            raise(SIGPIPE)
        }
        if let errors = end.errors, !errors.isEmpty { Output.note(errors) }
        Glibc.exit(end.code)
    }
}
