import ArgumentParser

struct People: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at people, enrol them, stop their messages.",
        subcommands: [PeopleList.self, PeopleShow.self, PeopleEnroll.self, PeopleStop.self],
        defaultSubcommand: PeopleList.self
    )
}
