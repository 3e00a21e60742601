import Glibc
import SequenceFiles

/// Where a command that systemd did not start finds the secrets of the installed service: in the files that the unit names.
struct SecretSources {
    let installation: Installation

    /// The same secret, by the file from which systemd reads it, or in which it shows it to the service.
    func source(of secret: Secret) -> Secret {
        guard case .credential(let name) = secret, let source = installation.credentials[name] else { return secret }
        return .file(path: source.isEncrypted ? shown(name) : source.path)
    }

    /// What keeps the service from a secret, or from its new value; nil: nothing.
    func finding(of secret: Secret) -> Finding? {
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
                    "systemctl start dripd, then ask again"
                )
                : .error("secrets", "\(source.path): no such file", "systemd-creds encrypt makes it: see dripd.service")
        }
        guard !source.isEncrypted, let new = try? Secret.file(path: source.path).read(environment: [:]).value,
            let old = try? Secret.file(path: shown(name)).read(environment: [:]).value, old != new
        else { return nil }
        return .warning(
            "secrets",
            "\(source.path) has changed since the service started, which has its former content",
            "systemctl restart dripd"
        )
    }

    private func shown(_ name: String) -> String {
        Installation.credentialsDirectory + "/" + name
    }
}
