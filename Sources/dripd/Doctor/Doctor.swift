import ArgumentParser
import Channels
import DripCore
import DripEngine
import Foundation
import SequenceFiles

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look for what keeps messages from going out or coming in, and say what to do.",
        discussion: """
            Looks at the configuration, the secrets, the sequence files, the state directory, the daemon, and asks the \
            platform about each page: its token, its webhook fields, its Get Started button, its clock. Changes \
            nothing and sends nothing to people. Without arguments, and where there is no ./dripd.yaml, it examines the \
            installed service and asks systemd about it: run it as root then, since the secrets are for root alone.

            Exit code 1 if there is an error.
            """
    )

    @OptionGroup var control: ControlOptions

    @Flag(help: "Ask nobody beyond this machine.")
    var offline = false

    @Option(
        help: ArgumentHelp(
            "Also call the webhook as the platform does: https://…/webhooks/messenger.",
            valueName: "url"
        )
    )
    var webhook: String?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if offline, webhook != nil { throw ValidationError("--offline and --webhook exclude each other") }
    }

    func run() async throws {
        let findings = try await look()
        if json { try JSONOutput.print(findings) } else { try Output.standard.lines(findings.flatMap(\.lines)) }
        if findings.contains(where: { $0.level == .error }) { throw ExitCode.failure }
    }

    private func look() async throws -> [Finding] {
        let configuration: Configuration
        let places = control.places
        let path = try places.path ?? places.installation.configuration
        do {
            configuration = try Configuration.load(path: path, environment: ProcessInfo.processInfo.environment)
        } catch {
            return error.diagnostics.filter { $0.severity == .error }.map { problem in
                .error("configuration", problem.description, "put it right, or name the file with --config")
            }
        }
        let environment = ProcessInfo.processInfo.environment
        let isService = places.isInstalled && environment["CREDENTIALS_DIRECTORY"] == nil
        let machine = MachineCheckup(
            configuration: configuration,
            environment: environment,
            sources: isService ? SecretSources(installation: places.installation) : nil
        )
        var findings = [Finding.ok("configuration", path)]
        if isService, let service = ServiceCheckup.ask() { findings += service.findings }
        findings += machine.listener + machine.secrets + machine.sequences + machine.state
        findings += await machine.daemon(try control.client)
        guard !offline, let secrets = machine.values else { return findings }
        let transport = try CurlTransport(userAgent: "dripd/\(Version.text)")
        let platform = PlatformCheckup(
            channel: MessengerChannel(
                transport: transport,
                graphURL: configuration.messenger.graph.text,
                appSecret: secrets.proofSecret,
                tokens: secrets.tokens
            ),
            now: SystemClock.real.now(),
            comments: machine.folder.catalog?.startsByComments ?? false
        )
        for page in configuration.messenger.pages {
            let steps = machine.folder.catalog?.personas(of: page.id) ?? []
            findings += await platform.look(
                at: page.id,
                personas: steps.union([page.persona].compactMap(\.self)).sorted()
            )
        }
        if let webhook {
            findings.append(await platform.call(webhook, verifyToken: secrets.verifyToken, over: transport))
        }
        return findings
    }
}
