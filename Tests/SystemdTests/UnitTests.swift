import Foundation
import Testing

/// The shipped unit, as systemd judges it.
@Suite struct UnitTests {
    private static let unit = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "systemd/dripd.service").path
    private static let hasSystemd = Command.run(["systemd-analyze", "--version"]).status == 0

    @Test(.enabled(if: hasSystemd, "systemd-analyze is not installed"))
    func `its exposure is 1.5 at most`() throws {
        let (status, output) = Command.run([
            "systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager", Self.unit,
        ])
        #expect(status == 0, "\(output)")
        #expect(output.contains("Overall exposure level for dripd.service: 1."), "\(output)")
    }

    @Test func `it bounds what the program may use, and lets nothing be written elsewhere`() throws {
        let lines = Set(try String(contentsOfFile: Self.unit, encoding: .utf8).split(separator: "\n").map(String.init))
        for line in [
            "MemoryMax=1G", "TasksMax=512", "LimitNOFILE=16384", "LimitCORE=0", "ProtectSystem=strict",
            "StateDirectory=dripd", "RuntimeDirectory=dripd", "UMask=0077", "NoNewPrivileges=yes", "DynamicUser=yes",
            "WatchdogSec=30", "Restart=on-failure", "StartLimitIntervalSec=0",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
        // An exception from ProtectSystem= would be one of these.
        #expect(!lines.contains { $0.hasPrefix("ReadWritePaths=") || $0.hasPrefix("BindPaths=") })
    }
}
