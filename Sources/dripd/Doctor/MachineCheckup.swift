import ControlAPI
import DripCore
import DripEngine
import Foundation
import Glibc
import Logging
import SequenceFiles

/// The checks that need only this machine.
struct MachineCheckup {
    let configuration: Configuration
    let environment: [String: String]
    /// The secrets of the installed service; nil if another daemon is checked.
    let sources: SecretSources?

    /// A busy page needs some megabytes a day. On a full disk, dripd can store nothing, and stops.
    private static let leastSpace: UInt64 = 100 << 20
    private static let comfortableSpace: UInt64 = 1 << 30

    /// All secrets; nil if one cannot be read.
    var values: Secrets? {
        try? Secrets(
            configuration,
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

    /// Reads the secret as the service does.
    private func read(_ secret: Secret) throws(SecretError) -> (value: SecretValue, warnings: [String]) {
        guard sources?.isEncrypted(secret) == true else { return try source(secret).read(environment: environment) }
        return try secret.read(environment: ["CREDENTIALS_DIRECTORY": Installation.credentialsDirectory])
    }

    var secrets: [DoctorFinding] {
        let messenger = configuration.messenger
        let named =
            [messenger.appSecret, messenger.verifyToken]
            + messenger.pages.flatMap { [$0.token] + ($0.marketing.map { [$0.token] } ?? []) }
        if sources != nil, geteuid() != 0 {
            return [
                .warning(
                    "secrets",
                    "only root can read the service's secrets, so they were not checked",
                    "run it as root"
                )
            ]
        }
        var findings: [DoctorFinding] = named.flatMap { secret -> [DoctorFinding] in
            if let finding = sources?.finding(of: secret) { return [finding] }
            do {
                return try read(secret).warnings.map { warning in
                    .warning("secrets", warning, "renew it, too: anyone who has read it can write to your customers")
                }
            } catch {
                return [
                    .error(
                        "secrets",
                        ErrorDescription.words(error),
                        sources == nil
                            ? "put it there; the README in the secrets folder says where it comes from"
                            : "dripd setup asks for it"
                    )
                ]
            }
        }
        if let values {
            findings += Secrets.weaknesses(
                messenger,
                appSecret: values.appSecret,
                verifyToken: values.verifyToken
            ).map { DoctorFinding.warning("secrets", $0, "replace it with the right one, then restart dripd") }
        }
        return findings.isEmpty ? [.ok("secrets", "all \(named.count) can be read, with safe permissions")] : findings
    }

    /// Whether other machines can reach the web server.
    var listener: [DoctorFinding] {
        guard configuration.listen.isBeyondLoopback else { return [] }
        return [
            .warning(
                "listen",
                "other machines can reach \(configuration.listen), without TLS and with /metrics",
                "listen on 127.0.0.1 behind a proxy with TLS; if the proxy is on another machine, admit only that one"
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

    var sequences: [DoctorFinding] {
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

    var state: [DoctorFinding] {
        let path = configuration.stateDirectory
        var info = stat()
        guard stat(path, &info) == 0 else {
            if errno == EACCES {
                return [.warning("state", "\(path): permission denied", "run it as root or as the daemon's user")]
            }
            // systemd makes that of the service.
            guard sources == nil else { return [] }
            return [.warning("state", "\(path) does not exist yet", "`dripd run` creates it; is --config right?")]
        }
        var findings: [DoctorFinding] = []
        if info.st_mode & (S_IRWXG | S_IRWXO) != 0 {
            findings.append(.warning("state", "\(path) is open to users other than its owner", "chmod go= \(path)"))
        }
        var space = statvfs()
        guard statvfs(path, &space) == 0 else { return findings }
        let free = UInt64(space.f_bavail) * UInt64(space.f_frsize)
        let text = "\(path) has \(free >> 20) MiB left"
        if free < Self.leastSpace {
            findings.append(.error("state", text, "free some space: on a full disk, dripd receives and sends nothing"))
        } else if free < Self.comfortableSpace {
            findings.append(.warning("state", text, "free some space before the disk is full"))
        } else {
            findings.append(.ok("state", text))
        }
        return findings
    }

    func daemon(_ client: ControlClient) async -> [DoctorFinding] {
        do {
            let status: Status = try await client.get("/status")
            var findings = [DoctorFinding.ok("daemon", "dripd \(status.version) runs, \(status.sums.people) people")]
            if let refused = status.refused {
                findings.append(
                    .error("daemon", "still uses older sequence files: \(refused)", "fix them, then `dripd apply`")
                )
            }
            for page in status.pages where page.state != "open" {
                let text = "page \(page.page) is \(page.state): \(page.reason ?? "")"
                findings.append(.error("daemon", text, "fix the cause, then `systemctl restart dripd`"))
            }
            for page in status.pages {
                guard let why = page.accountStopped else { continue }
                let text = "page \(page.page) sends no paid messages: \(why)"
                findings.append(.error("daemon", text, "fix the cause, then `systemctl restart dripd`"))
            }
            return findings
        } catch let error as ControlClient.NotPermitted {
            return [.warning("daemon", error.what, error.todo)]
        } catch {
            return [
                .error(
                    "daemon",
                    ErrorDescription.words(error).split(separator: "\n").first.map(String.init) ?? "",
                    "systemctl start dripd; journalctl -u dripd says why it ended"
                )
            ]
        }
    }
}

/// The files of the installed service's secrets, as its unit names them, for a command that systemd did not start.
struct SecretSources {
    let installation: Installation

    /// Returns the secret as a file: the one that systemd reads or, if that is encrypted, the one that it gives the service.
    func source(of secret: Secret) -> Secret {
        guard case .credential(let name) = secret, let source = installation.credentials[name] else { return secret }
        return .file(path: source.isEncrypted ? shown(name) : source.path)
    }

    /// Whether only the running service has the secret's content.
    func isEncrypted(_ secret: Secret) -> Bool {
        if case .credential(let name) = secret { installation.credentials[name]?.isEncrypted ?? false } else { false }
    }

    /// Returns what keeps the service from a secret or its new value; nil if nothing does.
    func finding(of secret: Secret) -> DoctorFinding? {
        guard case .credential(let name) = secret else { return nil }
        guard let source = installation.credentials[name] else {
            return .error(
                "secrets",
                "secret \(secret): the unit does not pass it on",
                "systemctl edit dripd: [Service], LoadCredential=\(name):PATH"
            )
        }
        if source.isEncrypted, access(shown(name), R_OK) != 0 {
            return access(source.path, F_OK) == 0
                ? .warning(
                    "secrets",
                    "\(source.path) is encrypted, and only the running service has its content",
                    "systemctl start dripd, then run this again"
                )
                : .error(
                    "secrets",
                    "\(source.path): no such file",
                    "create it with systemd-creds encrypt: see dripd.service"
                )
        }
        guard !source.isEncrypted, let new = try? Secret.file(path: source.path).read(environment: [:]).value,
            let old = try? Secret.file(path: shown(name)).read(environment: [:]).value, old != new
        else { return nil }
        return .warning(
            "secrets",
            "\(source.path) has changed since the service started; the service still has the old content",
            "systemctl restart dripd"
        )
    }

    private func shown(_ name: String) -> String {
        Installation.credentialsDirectory + "/" + name
    }
}
