import ArgumentParser
import Foundation
import WebServer

struct PeopleEnroll: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enroll",
        abstract: "Enrol a person in a sequence, from now on."
    )

    @OptionGroup var control: ControlOptions

    @Argument(help: "The person's id on the page (PSID), or PAGE/PSID.")
    var person: String

    @Argument(help: "The sequence.")
    var sequence: String

    @Flag(help: "Even if they have been through it before.")
    var again = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let client = try control.client
        let answer: EnrollAnswer = try await client.post(
            "/people/enroll",
            EnrollOrder(person: person, sequence: sequence, again: again)
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
