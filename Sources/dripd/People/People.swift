import ArgumentParser

struct People: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at people, import, tag and enrol them, stop and resume their messages, forget them.",
        subcommands: [
            PeopleList.self, PeopleShow.self, PeopleEnroll.self, PeopleStop.self, PeopleResume.self, PeopleTag.self,
            PeopleUntag.self, PeopleImport.self, PeopleForget.self,
        ],
        defaultSubcommand: PeopleList.self
    )
}
