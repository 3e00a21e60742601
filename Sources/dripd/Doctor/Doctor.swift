import ArgumentParser
import Channels
import DripCore
import DripEngine
import Foundation
import SequenceFiles

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find what keeps messages from being sent or received, and what to do about it.",
        discussion: """
            The doctor checks the configuration, the secrets, the sequence files, the state directory and the daemon. It asks \
            the platform about each page: its token, webhook fields, Get Started button and clock. It changes nothing and \
            sends nothing to people. Without arguments and without ./dripd.yaml, it checks the installed service and asks \
            systemd about it. Run it as root then, because only root can read the secrets.

            Exit code 1 if there is an error.
            """
    )

    @OptionGroup var control: ControlOptions

    @Flag(help: "Do not connect to other machines.")
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
        if offline, webhook != nil { throw ValidationError("--offline and --webhook cannot be combined") }
    }

    func run() async throws {
        let findings = try await Self.findings(control, offline: offline, webhook: webhook)
        if json { try JSONOutput.print(findings) } else { try Output.standard.lines(findings.flatMap(\.lines)) }
        if findings.contains(where: { $0.level == .error }) { throw ExitCode.failure }
    }

    /// - Parameter isStarted: whether the service should be running.
    static func findings(
        _ control: ControlOptions,
        offline: Bool,
        webhook: String? = nil,
        isStarted: Bool = true
    ) async throws -> [DoctorFinding] {
        let configuration: Configuration
        let places = control.places
        let path = try places.path ?? places.installation.configuration
        do {
            configuration = try Configuration.load(path: path, environment: ProcessInfo.processInfo.environment)
        } catch {
            return error.diagnostics.filter { $0.severity == .error }.map { problem in
                .error("configuration", problem.description, "fix it, or name another file with --config")
            }
        }
        let environment = ProcessInfo.processInfo.environment
        let isService = places.isInstalled && environment["CREDENTIALS_DIRECTORY"] == nil
        let machine = MachineCheckup(
            configuration: configuration,
            environment: environment,
            sources: isService ? SecretSources(installation: places.installation) : nil
        )
        var findings = [DoctorFinding.ok("configuration", path)]
        if isService, let service = ServiceCheckup.ask() {
            findings += isStarted ? service.findings : service.settings
        }
        if isService, configuration.messenger.pages.contains(where: { $0.id == ServiceFiles.examplePage }) {
            findings.append(
                .error(
                    "configuration",
                    "\(ServiceFiles.examplePage) is the id of an example, not of your page",
                    "dripd setup"
                )
            )
        }
        findings += machine.listener + machine.secrets + machine.sequences + machine.state
        if isStarted { findings += await machine.daemon(try control.client) }
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

/// The result of one check of `dripd doctor`.
struct DoctorFinding: Encodable, Hashable {
    enum Level: String, Encodable {
        case ok
        case warning
        case error
    }

    /// The name of the check, one of a fixed set.
    let check: String
    let level: Level
    let text: String
    /// What the operator should do; nil if nothing.
    let todo: String?

    static func ok(_ check: String, _ text: String) -> DoctorFinding {
        DoctorFinding(check: check, level: .ok, text: text, todo: nil)
    }

    static func warning(_ check: String, _ text: String, _ todo: String) -> DoctorFinding {
        DoctorFinding(check: check, level: .warning, text: text, todo: todo)
    }

    static func error(_ check: String, _ text: String, _ todo: String) -> DoctorFinding {
        DoctorFinding(check: check, level: .error, text: text, todo: todo)
    }

    var lines: [String] {
        ["\(level.rawValue.padded(to: 7))  \(check.padded(to: 13))  \(text)"]
            + (todo.map { [String(repeating: " ", count: 24) + "→ \($0)"] } ?? [])
    }
}
