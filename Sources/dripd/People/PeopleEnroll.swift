import ArgumentParser
import ControlAPI
import Foundation

struct PeopleEnroll: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enroll",
        abstract: "Enroll a person in a sequence, from now on."
    )

    @OptionGroup var control: ControlOptions

    @Argument(help: PersonReferenceHelp.person, completion: Completions.people)
    var person: String

    @Argument(help: "The sequence.", completion: Completions.sequences)
    var sequence: String

    @Flag(help: "Enroll them even if they have been in it before.")
    var again = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let client = try control.client
        let answer: EnrollAnswer = try await client.post(
            "/people/enroll",
            EnrollRequest(person: person, sequence: sequence, again: again)
        )
        if json { return try JSONOutput.print(answer) }
        let zone = (try? await ControlOptions.zone(client)) ?? .current
        let next = zip(answer.step, answer.due).map { "; \($0.0) is due \(LocalTime.text($0.1, zone))" }
        try Output.standard.line("\(person) is enrolled in \(sequence)\(next ?? "")")
    }

    private func zip<First, Second>(_ first: First?, _ second: Second?) -> (First, Second)? {
        first.flatMap { first in second.map { (first, $0) } }
    }
}

struct People: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, show, import, tag, enroll, stop, resume, join and forget people.",
        subcommands: [
            PeopleList.self, PeopleShow.self, PeopleEnroll.self, PeopleStop.self, PeopleResume.self, PeopleTag.self,
            PeopleUntag.self, PeopleImport.self, PeopleAddress.self, PeopleConsent.self, PeopleDuplicates.self,
            PeopleLink.self, PeopleUnlink.self, PeopleExport.self, PeopleForget.self,
        ],
        defaultSubcommand: PeopleList.self
    )
}
