import Foundation

/// Where dripd as a system service has its configuration, state, socket and secrets: the one answer for the daemon and for
/// every command. `make install` and systemd decide it; the unit and its drop-ins say it.
package struct Installation: Hashable, Sendable {
    /// The file that systemd reads a credential from.
    package struct CredentialSource: Hashable, Sendable {
        package let path: String
        package let isEncrypted: Bool
    }

    /// The configuration that the service runs with.
    package let configuration: String
    package let stateDirectory: String
    package let runtimeDirectory: String
    /// By name.
    package let credentials: [String: CredentialSource]
    /// A unit, or what systemd made for one, is there.
    package let isThere: Bool

    package var controlSocket: String { runtimeDirectory + "/control.sock" }

    /// Where systemd shows a running service its credentials.
    package static let credentialsDirectory = "/run/credentials/dripd.service"

    /// Of this machine.
    package static let current = Installation(
        root: "",
        program: try? FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/self/exe"
        )
    )

    /// - Parameters:
    ///   - root: stands for `/` in a test.
    ///   - program: the path of this program: its unit is installed under the same prefix.
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
        // Of drop-ins with one name, the one in the first folder counts; systemd reads them by name.
        var dropIns: [String: String] = [:]
        for folder in folders.reversed() {
            let path = folder + "/dripd.service.d"
            for name in (try? FileManager.default.contentsOfDirectory(atPath: root + path)) ?? []
            where name.hasSuffix(".conf") {
                dropIns[name] = text(path + "/" + name)
            }
        }
        let said = UnitText([unit ?? ""] + dropIns.sorted { $0.key < $1.key }.map(\.value))
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

    /// Whether a path, as a command names it, is the service's own configuration.
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
