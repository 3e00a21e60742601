import Glibc

/// Where a secret is to be found. The configuration never holds one itself: it is kept in git, shown and copied.
package enum Secret: Hashable, Sendable {
    case file(path: String)
    /// A file below `$CREDENTIALS_DIRECTORY`, where systemd puts what `LoadCredential=` names.
    case credential(name: String)
    case environment(name: String)

    static let longestBytes = 64 * 1024

    /// Gets the secret.
    /// - Returns: the value, and what the operator should know about the place it is in.
    package func read(environment: [String: String]) throws(SecretError) -> (value: SecretValue, warnings: [String]) {
        switch self {
        case .file(let path):
            let file = try open(path, hint: "create it, with nothing but the secret in it")
            let check = SecretFileCheck(path: path, facts: file.facts)
            if let refusal = check.refusal { throw SecretError(self, refusal) }
            return (try value(file.bytes), check.warnings)
        case .credential(let name):
            guard let folder = environment["CREDENTIALS_DIRECTORY"], !folder.isEmpty else {
                throw SecretError(
                    self,
                    "$CREDENTIALS_DIRECTORY is not set: start dripd by systemd, with LoadCredential=\(name):PATH in the unit"
                )
            }
            let file = try open(folder + "/" + name, hint: "LoadCredential=\(name):PATH must stand in the unit")
            // The unit passes an empty line where systemd finds no file: see `SetCredential=` there.
            guard file.bytes.contains(where: { $0 != 0x0a && $0 != 0x0d }) else {
                throw SecretError(
                    self,
                    "the file that LoadCredential=\(name):PATH names in the unit is missing or empty (`systemctl cat dripd` "
                        + "shows it): write the secret into it, mode 0600, then systemctl restart dripd"
                )
            }
            return (try value(file.bytes), [])
        case .environment(let name):
            guard let text = environment[name] else {
                throw SecretError(self, "the environment variable is not set")
            }
            return (
                try value(Array(text.utf8)),
                [
                    "secret \(self) is in the environment, which other processes of this user may read: "
                        + "{file: …} is safer"
                ]
            )
        }
    }

    private func open(_ path: String, hint: String) throws(SecretError) -> BoundedFile {
        do {
            return try BoundedFile(path: path, limit: Self.longestBytes)
        } catch .missing {
            throw SecretError(self, "\(path): no such file; \(hint)")
        } catch {
            throw SecretError(self, "\(path): \(error.reason)")
        }
    }

    private func value(_ bytes: [UInt8]) throws(SecretError) -> SecretValue {
        guard bytes.count <= Self.longestBytes else {
            throw SecretError(self, "larger than \(Self.longestBytes / 1024) KiB")
        }
        // Editors and `echo` end a file with a line break.
        var content = bytes[...]
        while let last = content.last, last == 0x0a || last == 0x0d { content.removeLast() }
        guard !content.isEmpty else { throw SecretError(self, "is empty") }
        // It goes into a request's header, where a line break or a space would end it.
        guard content.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw SecretError(self, "holds a space, a line break or a character outside ASCII: it must be one word")
        }
        return SecretValue(String(decoding: content, as: UTF8.self))
    }
}

extension Secret: CustomStringConvertible {
    /// As it is written in the configuration.
    package var description: String {
        switch self {
        case .file(let path): "{file: \(path)}"
        case .credential(let name): "{credential: \(name)}"
        case .environment(let name): "{env: \(name)}"
        }
    }
}
