import Foundation
import Glibc

/// The checks of the installed service, which ask systemd.
struct ServiceCheckup {
    /// The unit's properties by name, as `systemctl show` prints them.
    private let properties: [String: String]

    /// The exit status if systemd could not pass the secrets to the process: `EXIT_CREDENTIALS` of systemd.exec(5).
    private static let credentialsStatus = "243"

    /// The machine's name servers.
    private let nameServers: [String]

    init(properties: [String: String], nameServers: [String] = []) {
        self.properties = properties
        self.nameServers = nameServers
    }

    /// Asks systemd; nil if it does not answer.
    static func ask() -> ServiceCheckup? {
        // The shell gets only constants. The timeout is for a bus that hangs.
        let command = """
            timeout 10 systemctl show dripd.service --no-pager --property=\
            LoadState,ActiveState,SubState,ExecMainStatus,NRestarts,NeedDaemonReload,UnitFileState,\
            ConditionResult,ConditionTimestamp,IPAddressDeny,IPAddressAllow 2>/dev/null
            """
        guard let pipe = popen(command, "re") else { return nil }
        var text = ""
        var line = [CChar](repeating: 0, count: 4096)
        while fgets(&line, Int32(line.count), pipe) != nil {
            text += String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        guard pclose(pipe) == 0 else { return nil }
        let pairs = text.split(separator: "\n").compactMap { line -> (String, String)? in
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
        guard !pairs.isEmpty else { return nil }
        let resolver = (try? String(contentsOfFile: "/etc/resolv.conf", encoding: .utf8)) ?? ""
        return ServiceCheckup(
            properties: Dictionary(pairs, uniquingKeysWith: { _, last in last }),
            nameServers: nameServers(resolver)
        )
    }

    /// Returns the name servers of a resolv.conf(5).
    static func nameServers(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).compactMap { line in
            let words = line.split(whereSeparator: \.isWhitespace)
            return words.count > 1 && words[0] == "nameserver" ? String(words[1]) : nil
        }
    }

    /// The unit denies link-local addresses, because clouds serve a machine's secrets there. Some clouds serve names there, too.
    private var deniedNameServer: DoctorFinding? {
        guard let denied = properties["IPAddressDeny"], denied.contains("169.254.") || denied.contains("fe80:") else {
            return nil
        }
        let servers = nameServers.map { $0.lowercased() }
        let allowed = properties["IPAddressAllow"] ?? ""
        func isDenied(_ server: String) -> Bool {
            (server.hasPrefix("169.254.") || server.hasPrefix("fe80:"))
                && !allowed.contains(server.prefix { $0 != "%" })
        }
        // If one server is allowed, it answers after the others have failed.
        guard let server = servers.first, servers.allSatisfy(isDenied) else { return nil }
        return .error(
            "service",
            "the unit denies the machine's name server, \(server): dripd cannot look up host names",
            "systemctl edit dripd, [Service], IPAddressAllow=\(server.prefix { $0 != "%" }); systemctl restart dripd"
        )
    }

    var findings: [DoctorFinding] {
        guard properties["LoadState"] != "not-found" else {
            return [.error("service", "systemd knows no dripd.service", "make install, then systemctl daemon-reload")]
        }
        var findings = [state] + settings
        if properties["UnitFileState"] == "disabled" {
            findings.append(
                .warning("service", "dripd.service does not start at boot", "systemctl enable dripd")
            )
        }
        return findings
    }

    /// What would keep a service from working that has not been started.
    var settings: [DoctorFinding] {
        var findings: [DoctorFinding] = []
        if properties["NeedDaemonReload"] == "yes" {
            findings.append(
                .warning(
                    "service",
                    "the unit has changed since systemd read it",
                    "systemctl daemon-reload && systemctl restart dripd"
                )
            )
        }
        if let deniedNameServer { findings.append(deniedNameServer) }
        return findings
    }

    private var state: DoctorFinding {
        let state = "dripd.service is \(properties["ActiveState"] ?? "unknown") (\(properties["SubState"] ?? ""))"
        let restarts = properties["NRestarts"].flatMap { $0 == "0" ? nil : ", restarted \($0) times" } ?? ""
        switch properties["ActiveState"] {
        case "active", "reloading": return .ok("service", state + restarts)
        case "inactive"
        where properties["ConditionResult"] == "no" && properties["ConditionTimestamp"]?.isEmpty == false:
            return .error(
                "service",
                state + ": a condition of the unit was not met at its last start",
                "systemctl status dripd names it; if there are no secrets: dripd setup, then systemctl restart dripd"
            )
        case "inactive": return .error("service", state, "systemctl enable --now dripd")
        default:
            let status = properties["ExecMainStatus"] ?? "0"
            if status == Self.credentialsStatus {
                return .error(
                    "service",
                    state + ": systemd finds no file for a secret",
                    "each LoadCredential=NAME:PATH of `systemctl cat dripd` needs its file"
                )
            }
            return .error(
                "service",
                state + restarts + (status == "0" ? "" : ", exit status \(status)"),
                "journalctl -u dripd -n 50 says why"
            )
        }
    }
}
