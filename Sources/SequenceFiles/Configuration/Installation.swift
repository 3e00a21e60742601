import Foundation

/// The locations of the system service's configuration, state, socket and secrets: the only source of them for the daemon and
/// for every command. `make install` and systemd choose the locations; the unit and its drop-ins name them.
package struct Installation: Hashable, Sendable {
    /// The file from which systemd reads a credential.
    package struct CredentialSource: Hashable, Sendable {
        package let path: String
        package let isEncrypted: Bool
    }

    /// The path of the configuration that the service runs with.
    package let configuration: String
    package let stateDirectory: String
    package let runtimeDirectory: String
    /// The sources of the credentials, by name.
    package let credentials: [String: CredentialSource]
    /// Whether a unit exists, or a directory that systemd made for one.
    package let isThere: Bool

    package var controlSocket: String { runtimeDirectory + "/control.sock" }

    /// The folder in which systemd provides credentials to the running service.
    package static let credentialsDirectory = "/run/credentials/dripd.service"

    /// The installation on this machine.
    package static let current = Installation(
        root: "",
        program: try? FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/self/exe"
        )
    )

    /// - Parameters:
    ///   - root: the folder that replaces `/` in a test; otherwise empty.
    ///   - program: the path of this program; its unit is installed under the same prefix.
    package init(root: String, program: String?) {
        let prefix = program.flatMap { path -> String? in
            let parts = path.split(separator: "/")
            guard parts.count >= 2, parts[parts.count - 2] == "bin" else { return nil }
            return "/" + parts.dropLast(2).joined(separator: "/")
        }
        let shipped = [prefix, "/usr/local", "/usr", ""].compactMap(\.self).map {
            ($0 == "/" ? "" : $0) + "/lib/systemd/system"
        }
        let folders = ["/etc/systemd/system", "/run/systemd/system"] + shipped
        func text(_ path: String) -> String? { try? String(contentsOfFile: root + path, encoding: .utf8) }
        let unit = folders.lazy.compactMap { text($0 + "/dripd.service") }.first
        // If several drop-ins have one name, the one in the first folder counts. systemd reads them in the order of their names.
        var dropIns: [String: String] = [:]
        for folder in folders.reversed() {
            let path = folder + "/dripd.service.d"
            for name in (try? FileManager.default.contentsOfDirectory(atPath: root + path)) ?? []
            where name.hasSuffix(".conf") {
                dropIns[name] = text(path + "/" + name)
            }
        }
        let said = UnitParser([unit ?? ""] + dropIns.sorted { $0.key < $1.key }.map(\.value))
        configuration = root + (said.configuration ?? "/etc/dripd/dripd.yaml")
        stateDirectory = root + "/var/lib/" + (said.stateDirectory ?? "dripd")
        runtimeDirectory = root + "/run/" + (said.runtimeDirectory ?? "dripd")
        credentials = said.credentials.mapValues {
            CredentialSource(path: root + $0.path, isEncrypted: $0.isEncrypted)
        }
        let files = FileManager.default
        isThere =
            unit != nil || files.fileExists(atPath: root + "/var/lib/dripd")
            || files.fileExists(atPath: root + "/run/dripd")
    }

    /// Returns whether a path given to a command is the service's own configuration.
    package func isConfiguration(_ path: String) -> Bool {
        guard isThere, let named = Self.real(path), let own = Self.real(configuration) else { return false }
        return named == own
    }

    private static func real(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}
