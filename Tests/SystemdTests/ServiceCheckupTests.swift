import Testing

@testable import dripd

/// What `dripd doctor` makes of what systemd says.
@Suite struct ServiceCheckupTests {
    private static let running = [
        "LoadState": "loaded", "ActiveState": "active", "SubState": "running", "ExecMainStatus": "0", "NRestarts": "0",
        "NeedDaemonReload": "no", "UnitFileState": "enabled",
    ]

    private func findings(_ changes: [String: String]) -> [Finding] {
        ServiceCheckup(properties: Self.running.merging(changes) { _, new in new }).findings
    }

    @Test func `a service that runs`() {
        #expect(findings([:]) == [.ok("service", "dripd.service is active (running)")])
        #expect(
            findings(["NRestarts": "3"]) == [.ok("service", "dripd.service is active (running), restarted 3 times")]
        )
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
                .warning("service", "dripd.service does not start with the machine", "systemctl enable dripd"),
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
