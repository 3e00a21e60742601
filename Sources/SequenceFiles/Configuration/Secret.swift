import Glibc

/// A reference to a secret. The configuration never contains the secret itself, because it is kept in git, shown and copied.
package enum Secret: Hashable, Sendable {
    case file(path: String)
    /// A file in `$CREDENTIALS_DIRECTORY`, where systemd puts the credentials that `LoadCredential=` names.
    case credential(name: String)
    case environment(name: String)

    static let longestBytes = 64 * 1024

    /// Reads the secret.
    /// - Returns: the value, and warnings about how it is stored.
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
            let file = try open(folder + "/" + name, hint: "the unit needs LoadCredential=\(name):PATH")
            // If systemd finds no file, the unit passes an empty line: see its `SetCredential=`.
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

    /// Returns why a text that was typed cannot be a secret; nil if it can.
    package static func flaw(in text: String) -> String? {
        // A terminal cuts a longer line off.
        if text.utf8.count >= longestTyped { return "too long to be typed: write it into the file" }
        return isWord(Array(text.utf8)[...])
            ? nil : "a secret is one word, without spaces and characters outside ASCII"
    }

    private static let longestTyped = 4095

    /// The value becomes part of a request header, where a line break or a space would end it.
    private static func isWord(_ bytes: ArraySlice<UInt8>) -> Bool { bytes.allSatisfy { (0x21...0x7e).contains($0) } }

    /// A private key is lines of text (RFC 7468), which no header contains.
    private static func isPEM(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.starts(with: "-----BEGIN ".utf8)
            && bytes.allSatisfy { (0x20...0x7e).contains($0) || $0 == 0x0a || $0 == 0x0d }
    }

    private func value(_ bytes: [UInt8]) throws(SecretError) -> SecretValue {
        guard bytes.count <= Self.longestBytes else {
            throw SecretError(self, "larger than \(Self.longestBytes / 1024) KiB")
        }
        // Editors and `echo` end a file with a line break.
        var content = bytes[...]
        while let last = content.last, last == 0x0a || last == 0x0d { content.removeLast() }
        guard !content.isEmpty else { throw SecretError(self, "is empty") }
        guard Self.isWord(content) || Self.isPEM(content) else {
            throw SecretError(self, "holds a space, a line break or a character outside ASCII: it must be one word")
        }
        return SecretValue(String(decoding: content, as: UTF8.self))
    }
}

extension Secret: CustomStringConvertible {
    /// The reference as written in the configuration.
    package var description: String {
        switch self {
        case .file(let path): "{file: \(path)}"
        case .credential(let name): "{credential: \(name)}"
        case .environment(let name): "{env: \(name)}"
        }
    }
}

/// A secret's value. Its type keeps it out of logs, dumps and error messages.
package struct SecretValue: Hashable, Sendable {
    /// The value itself. Use it only for a signature or a request.
    package let revealed: String

    package init(_ value: String) {
        revealed = value
    }
}

extension SecretValue: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<secret>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// The reason why a secret cannot be read. Contains the reference, never the value.
package struct SecretError: Error, Hashable, Sendable, CustomStringConvertible {
    package let secret: Secret
    package let reason: String

    init(_ secret: Secret, _ reason: String) {
        self.secret = secret
        self.reason = reason
    }

    package var description: String {
        "secret \(secret): \(reason)"
    }
}

/// Checks for secrets that are easy to guess, or that look wrong.
package enum SecretStrength {
    /// The minimum length of the verify token. Anyone on the internet may try to guess it, any number of times.
    private static let shortestToken = 12

    /// - Returns: a warning that does not contain the secret; nil if the app secret looks right.
    package static func warning(appSecret: String) -> String? {
        // Source: the App Dashboard; 16 bytes in hex.
        let isUsual = appSecret.utf8.count == 32 && appSecret.allSatisfy { $0.isASCII && $0.isHexDigit }
        return isUsual
            ? nil
            : "the app secret does not look like one: 32 hexadecimal digits, from the App Dashboard (Settings, Basic); with "
                + "a wrong secret, the platform's webhooks are refused and forged ones may be accepted"
    }

    package static func warning(verifyToken: String) -> String? {
        guard verifyToken.count >= shortestToken, Set(verifyToken).count >= 6 else {
            return
                "the verify token is easy to guess: use at least \(shortestToken) random characters, such as the output "
                + "of `openssl rand -hex 16`, and give them to the platform as well"
        }
        return nil
    }
}
