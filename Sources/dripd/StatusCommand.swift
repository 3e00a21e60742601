import ArgumentParser
import DripEngine
import Foundation

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how things stand."
    )

    @OptionGroup var control: ControlOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let client = try control.client
        let status: Status = try await client.get("/status")
        if json { return try JSONOutput.print(status) }
        try Output.standard.lines(StatusText(status, zone: try await ControlOptions.zone(client)).lines)
    }
}
