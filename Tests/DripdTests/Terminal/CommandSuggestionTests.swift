import ArgumentParser
import Testing

@testable import dripd

struct CommandSuggestionTests {
    @Test(arguments: [
        ("forget", "there is no command 'forget'; did you mean `dripd people forget`?"),
        ("import people.csv --check", "there is no command 'import'; did you mean `dripd people import`?"),
        ("list", "there is no command 'list'; did you mean `dripd people list` or `dripd jobs list`?"),
        ("stauts", "there is no command 'stauts'; did you mean `dripd status`?"),
        ("RUN", "there is no command 'RUN'; did you mean `dripd run`?"),
        ("people forgit 1001", "there is no command 'people forgit'; did you mean `dripd people forget`?"),
        ("people check", "there is no command 'people check'; did you mean `dripd check`?"),
        ("help plam", "there is no command 'plam'; did you mean `dripd plan`?"),
        ("frobnicate", "there is no command 'frobnicate'; `dripd --help` lists the commands"),
    ])
    func `a command that is not there`(_ arguments: String, _ message: String) {
        #expect(CommandSuggestion(Dripd.self).message(for: arguments.split(separator: " ").map(String.init)) == message)
    }

    @Test(arguments: ["", "--help", "check x.yaml --nonsense", "people", "people list --tag vip", "people --tag 1001"])
    func `where commands are known the parser has the word`(_ arguments: String) {
        #expect(CommandSuggestion(Dripd.self).message(for: arguments.split(separator: " ").map(String.init)) == nil)
    }

    /// Unless a command has a name of its own, it is called by its type's, which has to be one word then.
    @Test func `every command is found by its own name`() throws {
        #expect(throws: (any Error).self) { try Dripd.parseAsRoot(["adoptstate"]) }
        for command in Dripd.configuration.subcommands where command.configuration.commandName == nil {
            let name = String(describing: command)
            #expect(name.dropFirst().allSatisfy { $0.isLowercase })
        }
    }
}
