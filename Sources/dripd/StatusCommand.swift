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
        let status: Status = try await control.client.get("/status")
        if json { return try JSONOutput.print(status) }
        print(StatusText(status, zone: .current).lines.joined(separator: "\n"))
    }
}
