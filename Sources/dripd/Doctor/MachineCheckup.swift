import DripCore
import DripEngine
import DripStore
import Foundation
import Glibc
import Logging
import SequenceFiles

/// What can be seen from this machine.
struct MachineCheckup {
    let configuration: Configuration
    let environment: [String: String]
    /// Of the installed service, if that is what is examined.
    let sources: SecretSources?

    /// A day of a busy page takes some megabytes; a full disk takes nothing, and dripd stops.
    private static let leastSpace: UInt64 = 100 << 20
    private static let comfortableSpace: UInt64 = 1 << 30

    /// All secrets, if all can be had.
    var values: Secrets? {
        try? Secrets(
            configuration.messenger,
            environment: environment,
            logger: Logger(
                label: "doctor",
                factory: { _ in
                    SwiftLogNoOpLogHandler()
                }
            ),
            from: source
        )
    }

    private func source(_ secret: Secret) -> Secret {
        sources?.source(of: secret) ?? secret
    }

    var secrets: [Finding] {
        let messenger = configuration.messenger
        let named =
            [messenger.appSecret, messenger.verifyToken]
            + messenger.pages.flatMap { [$0.token] + ($0.marketing.map { [$0.token] } ?? []) }
        if sources != nil, geteuid() != 0 {
            return [
                .warning(
                    "secrets",
                    "the service's secrets are for root alone, and were not looked at",
                    "run it as root"
                )
            ]
        }
        var findings: [Finding] = named.flatMap { secret -> [Finding] in
            if let finding = sources?.finding(of: secret) { return [finding] }
            do {
                return try source(secret).read(environment: environment).warnings.map { warning in
                    .warning("secrets", warning, "whoever has read it may write to your customers: renew it, too")
                }
            } catch {
                return [
                    .error(
                        "secrets",
                        ErrorText.words(error),
                        "secrets are in Meta's App Dashboard; the folder's README says which"
                    )
                ]
            }
        }
        if let values {
            findings += Secrets.weaknesses(
                messenger,
                appSecret: values.appSecret,
                verifyToken: values.verifyToken
            ).map { Finding.warning("secrets", $0, "write the right one into its place, then restart dripd") }
        }
        return findings.isEmpty ? [.ok("secrets", "all \(named.count) can be read, by few")] : findings
    }

    /// What other machines can reach.
    var listener: [Finding] {
        guard configuration.listen.isBeyondLoopback else { return [] }
        return [
            .warning(
                "listen",
                "other machines can reach \(configuration.listen), without TLS and with /metrics",
                "listen on 127.0.0.1 behind a proxy with TLS; where the proxy is elsewhere, let it alone in"
            )
        ]
    }

    var folder: SequenceFolder {
        SequenceFolder.load(
            paths: [configuration.sequences],
            defaultZone: configuration.zone,
            settings: configuration.catalogSettings
        )
    }

    var sequences: [Finding] {
        let folder = folder
        let errors = folder.diagnostics.filter { $0.severity == .error }
        let warnings = folder.diagnostics.count { $0.severity == .warning }
        let files = "\(folder.files.count) in \(configuration.sequences)"
        if let first = errors.first {
            return [.error("sequences", "\(errors.count) errors: \(first)", "`dripd check` shows all of them")]
        }
        if warnings > 0 { return [.warning("sequences", "\(files), \(warnings) warnings", "`dripd check` shows them")] }
        return [.ok("sequences", files)]
    }

    var state: [Finding] {
        let path = configuration.stateDirectory
        var info = stat()
        guard stat(path, &info) == 0 else {
            if errno == EACCES {
                return [.warning("state", "\(path): permission denied", "run it as root or as the daemon's user")]
            }
            return [.warning("state", "\(path) is not there yet", "`dripd run` makes it; is --config the right one?")]
        }
        var findings: [Finding] = []
        if info.st_mode & (S_IRWXG | S_IRWXO) != 0 {
            findings.append(.warning("state", "\(path) is open to others than its owner", "chmod go= \(path)"))
        }
        var space = statvfs()
        guard statvfs(path, &space) == 0 else { return findings }
        let free = UInt64(space.f_bavail) * UInt64(space.f_frsize)
        let text = "\(path) has \(free >> 20) MiB left"
        if free < Self.leastSpace {
            findings.append(.error("state", text, "free some: with a full disk nothing is taken and nothing is sent"))
        } else if free < Self.comfortableSpace {
            findings.append(.warning("state", text, "free some before it is full"))
        } else {
            findings.append(.ok("state", text))
        }
        return findings
    }

    func daemon(_ client: ControlClient) async -> [Finding] {
        do {
            let status: Status = try await client.get("/status")
            var findings = [Finding.ok("daemon", "dripd \(status.version) runs, \(status.sums.people) people")]
            if let refused = status.refused {
                findings.append(
                    .error("daemon", "keeps to older sequence files: \(refused)", "put them right, then `dripd apply`")
                )
            }
            for page in status.pages where page.state != "open" {
                let text = "page \(page.page) is \(page.state): \(page.reason ?? "")"
                findings.append(.error("daemon", text, "put the cause right, then `systemctl restart dripd`"))
            }
            for page in status.pages {
                guard let why = page.accountStopped else { continue }
                let text = "page \(page.page) sends no paid messages: \(why)"
                findings.append(.error("daemon", text, "put the cause right, then `systemctl restart dripd`"))
            }
            return findings
        } catch let error as ControlClient.NotPermitted {
            return [.warning("daemon", error.what, error.todo)]
        } catch {
            return [
                .error(
                    "daemon",
                    ErrorText.words(error).split(separator: "\n").first.map(String.init) ?? "",
                    "systemctl start dripd; journalctl -u dripd says why it ended"
                )
            ]
        }
    }
}
