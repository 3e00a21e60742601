import ArgumentParser

struct People: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at people, import, tag and enrol them, stop their messages.",
        subcommands: [
            PeopleList.self, PeopleShow.self, PeopleEnroll.self, PeopleStop.self, PeopleTag.self, PeopleUntag.self,
            PeopleImport.self,
        ],
        defaultSubcommand: PeopleList.self
    )
}
