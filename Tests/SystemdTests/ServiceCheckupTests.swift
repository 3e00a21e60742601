import Testing

@testable import dripd

/// What `dripd doctor` makes of what systemd says.
@Suite struct ServiceCheckupTests {
    private static let running = [
        "LoadState": "loaded", "ActiveState": "active", "SubState": "running", "ExecMainStatus": "0", "NRestarts": "0",
        "NeedDaemonReload": "no", "UnitFileState": "enabled",
    ]

    private func findings(_ changes: [String: String]) -> [DoctorFinding] {
        ServiceCheckup(properties: Self.running.merging(changes) { _, new in new }).findings
    }

    @Test func `a service that runs`() {
        #expect(findings([:]) == [.ok("service", "dripd.service is active (running)")])
        #expect(
            findings(["NRestarts": "3"]) == [.ok("service", "dripd.service is active (running), restarted 3 times")]
        )
    }

    @Test func `a name server that the unit denies`() {
        func findings(_ resolver: String, allowed: String = "") -> [DoctorFinding] {
            ServiceCheckup(
                properties: Self.running.merging(
                    ["IPAddressDeny": "169.254.0.0/16 fe80::/10", "IPAddressAllow": allowed]
                ) { _, new in new },
                nameServers: ServiceCheckup.nameServers(resolver)
            ).findings
        }
        let google = "# by dhclient\nsearch internal\nnameserver 169.254.169.254\n"
        #expect(
            findings(google).dropFirst() == [
                .error(
                    "service",
                    "the unit denies the machine's name server, 169.254.169.254: dripd cannot look up host names",
                    "systemctl edit dripd, [Service], IPAddressAllow=169.254.169.254; systemctl restart dripd"
                )
            ]
        )
        #expect(findings("nameserver FE80::1%eth0\n").count == 2)
        #expect(findings(google, allowed: "169.254.169.254/32").count == 1)
        for fine in [
            "", "nameserver 127.0.0.53", "nameserver 169.254.169.253\nnameserver 10.0.0.2", "#nameserver 169.254.1.1",
        ] {
            #expect(findings(fine).count == 1, "\(fine)")
        }
    }

    @Test func `a secret's file that is missing`() {
        #expect(
            findings([
                "ActiveState": "activating", "SubState": "auto-restart", "ExecMainStatus": "243", "NRestarts": "7",
            ])
                == [
                    .error(
                        "service",
                        "dripd.service is activating (auto-restart): systemd finds no file for a secret",
                        "each LoadCredential=NAME:PATH of `systemctl cat dripd` needs its file"
                    )
                ]
        )
    }

    @Test func `a service that waits for its secrets`() {
        let waiting = ["ActiveState": "inactive", "SubState": "dead", "ConditionResult": "no"]
        #expect(
            findings(waiting.merging(["ConditionTimestamp": "Mon 2027-01-04 09:00:00 +07"]) { $1 }) == [
                .error(
                    "service",
                    "dripd.service is inactive (dead): a condition of the unit was not met at its last start",
                    "systemctl status dripd names it; if there are no secrets: dripd setup, then systemctl restart dripd"
                )
            ]
        )
        #expect(
            findings(waiting.merging(["ConditionTimestamp": ""]) { $1 }) == [
                .error("service", "dripd.service is inactive (dead)", "systemctl enable --now dripd")
            ]
        )
    }

    @Test func `a service that ended, one that was never started, and one that is not there`() {
        #expect(
            findings(["ActiveState": "failed", "SubState": "failed", "ExecMainStatus": "1"]) == [
                .error(
                    "service",
                    "dripd.service is failed (failed), exit status 1",
                    "journalctl -u dripd -n 50 says why"
                )
            ]
        )
        #expect(
            findings(["ActiveState": "inactive", "SubState": "dead", "UnitFileState": "disabled"]) == [
                .error("service", "dripd.service is inactive (dead)", "systemctl enable --now dripd"),
                .warning("service", "dripd.service does not start at boot", "systemctl enable dripd"),
            ]
        )
        #expect(
            findings(["LoadState": "not-found", "ActiveState": "inactive"]) == [
                .error("service", "systemd knows no dripd.service", "make install, then systemctl daemon-reload")
            ]
        )
    }

    @Test func `a unit that systemd has not read yet`() {
        #expect(
            findings(["NeedDaemonReload": "yes"]).last
                == .warning(
                    "service",
                    "the unit has changed since systemd read it",
                    "systemctl daemon-reload && systemctl restart dripd"
                )
        )
    }
}
