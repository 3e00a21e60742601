import Foundation
import TestSupport
import Testing

/// The shipped unit, as systemd judges it.
@Suite struct UnitTests {
    private static let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    private static let unit = project + "/systemd/dripd.service"
    private static let hasSystemd = Command.run(["systemd-analyze", "--version"]).status == 0

    @Test(.enabled(if: hasSystemd, "systemd-analyze is not installed"))
    func `its exposure is 1.5 at most`() throws {
        let (status, output) = Command.run([
            "systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager", Self.unit,
        ])
        #expect(status == 0, "\(output)")
        #expect(output.contains("Overall exposure level for dripd.service: 1."), "\(output)")
    }

    @Test func `make install puts into every file the places that it was given`() throws {
        let directory = try TemporaryDirectory()
        let (status, output) = Command.run([
            "make", "-s", "-C", Self.project, "install-files", "DESTDIR=\(directory.path)", "PREFIX=/usr",
            "SYSCONFDIR=/opt/etc", "PROGRAM=/bin/true",
        ])
        #expect(status == 0, "\(output)")
        func lines(_ path: String) throws -> [Substring] {
            try String(contentsOfFile: directory.path + path, encoding: .utf8).split(separator: "\n")
        }
        for path in [
            "/usr/lib/systemd/system/dripd.service", "/usr/lib/systemd/system/dripd-backup.service",
            "/usr/lib/systemd/system/dripd-backup.timer", "/usr/lib/systemd/catalog/dripd.catalog",
            "/usr/share/doc/dripd/alerts.yaml", "/opt/etc/dripd/dripd.yaml",
        ] {
            #expect(
                try lines(path).filter { $0.contains("/usr/local") || $0.contains(/(^|[^t])\/etc\/dripd/) } == [],
                "\(path)"
            )
        }
        let service = try lines("/usr/lib/systemd/system/dripd.service")
        #expect(service.contains("ExecStart=/usr/bin/dripd run --config /opt/etc/dripd/dripd.yaml"))
        #expect(service.contains("ExecReload=/usr/bin/dripd reload --config /opt/etc/dripd/dripd.yaml"))
        #expect(service.contains("LoadCredential=page_token:/opt/etc/dripd/secrets/page_token"))
        // systemd makes that one below /etc, whatever SYSCONFDIR is.
        #expect(!service.contains("ConfigurationDirectory=dripd"))
        #expect(try lines("/opt/etc/dripd/dripd.yaml").contains("sequences: /opt/etc/dripd/Sequences"))
    }

    @Test func `make install without places leaves the units as they are`() throws {
        let directory = try TemporaryDirectory()
        let (status, output) = Command.run([
            "make", "-s", "-C", Self.project, "install-files", "DESTDIR=\(directory.path)", "PROGRAM=/bin/true",
        ])
        #expect(status == 0, "\(output)")
        let installed = directory.path + "/usr/local/lib/systemd/system/dripd.service"
        #expect(
            try String(contentsOfFile: installed, encoding: .utf8) == String(contentsOfFile: Self.unit, encoding: .utf8)
        )
    }

    @Test func `it bounds what the program may use, and lets nothing be written elsewhere`() throws {
        let lines = Set(try String(contentsOfFile: Self.unit, encoding: .utf8).split(separator: "\n").map(String.init))
        for line in [
            "MemoryMax=1G", "TasksMax=512", "LimitNOFILE=16384", "LimitCORE=0", "ProtectSystem=strict",
            "StateDirectory=dripd", "RuntimeDirectory=dripd", "UMask=0077", "NoNewPrivileges=yes", "DynamicUser=yes",
            "SocketBindDeny=any", "SocketBindAllow=tcp", "IPAddressDeny=169.254.0.0/16 fe80::/10",
            "NoExecPaths=/ -/var/lib/private/dripd -/run/private/dripd -/run/dripd",
            "ExecPaths=/usr/local/bin/dripd -/usr/local/lib -/usr/lib -/usr/lib64 -/lib -/lib64", "WatchdogSec=30",
            "Restart=on-failure", "StartLimitIntervalSec=0",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
        // An exception from ProtectSystem= would be one of these.
        #expect(!lines.contains { $0.hasPrefix("ReadWritePaths=") || $0.hasPrefix("BindPaths=") })
    }
}
