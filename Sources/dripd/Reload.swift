import ArgumentParser
import Channels
import DripEngine

struct Reload: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Have the daemon read its sequence files and secrets again, and wait for the outcome.",
        discussion: """
            This is what `systemctl reload dripd` runs. All files come into force or none. Secrets are read again from \
            {file: …}; those that systemd passes on, {credential: …}, change only with `systemctl restart dripd`, and so does \
            everything in dripd.yaml.

            Exit code 1 if something on the disk is not in force afterwards: files with errors, files that wait for \
            `dripd apply` (adopt.confirm_above), or a changed dripd.yaml.
            """
    )

    @OptionGroup var control: ControlOptions

    @Flag(help: "Print JSON.")
    var json = false

    /// Below the time that systemd gives a reload.
    private static let limits = HTTPTimeLimits(connectMilliseconds: 5_000, totalMilliseconds: 55_000, stallSeconds: 55)

    func run() async throws {
        let report: ReloadReport = try await control.client.post("/reload", [String: String](), timeLimits: Self.limits)
        if json { try JSONOutput.print(report) }
        switch report.outcome {
        case .adopted(let adoption):
            if !json { try Output.standard.lines(Apply.lines(adoption)) }
        case .refused(let problems):
            throw Failure((problems + ["nothing has changed"] + report.pending).joined(separator: "\n"))
        }
        guard report.pending.isEmpty else { throw Failure(report.pending.joined(separator: "\n")) }
    }
}
