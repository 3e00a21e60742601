import Foundation
import Testing

@testable import SequenceFiles

/// Where the installed service has what it needs.
struct InstallationTests {
    private let root: TemporaryFolder

    init() throws {
        root = try TemporaryFolder()
    }

    private func write(_ path: String, _ content: String) throws {
        let url = URL(filePath: root.path + path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(content.utf8).write(to: url)
    }

    private var unit: String {
        get throws {
            let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
            return try String(contentsOf: project.appending(path: "systemd/dripd.service"), encoding: .utf8)
        }
    }

    @Test func `the shipped unit says all of it`() throws {
        try write("/usr/local/lib/systemd/system/dripd.service", unit)
        let installation = Installation(root: root.path, program: "/usr/local/bin/dripd")
        #expect(installation.isThere)
        #expect(installation.configuration == root.path + "/etc/dripd/dripd.yaml")
        #expect(installation.stateDirectory == root.path + "/var/lib/dripd")
        #expect(installation.controlSocket == root.path + "/run/dripd/control.sock")
        #expect(
            installation.credentials.mapValues(\.path) == [
                "app_secret": root.path + "/etc/dripd/secrets/app_secret",
                "verify_token": root.path + "/etc/dripd/secrets/verify_token",
                "page_token": root.path + "/etc/dripd/secrets/page_token",
            ]
        )
    }

    @Test func `another prefix and another configuration folder are followed, and drop-ins are read`() throws {
        try write("/opt/lib/systemd/system/dripd.service", unit.replacing("/etc/dripd", with: "/opt/etc/dripd"))
        try write(
            "/etc/systemd/system/dripd.service.d/override.conf",
            "[Service]\nStateDirectory=shop\nRuntimeDirectory=shop:link\nLoadCredential=page_token_2:/opt/etc/two\n"
        )
        try write(
            "/etc/systemd/system/dripd.service.d/secret.conf",
            "[Service]\nLoadCredentialEncrypted=page_token:/opt/etc/page_token.cred\n"
        )
        let installation = Installation(root: root.path, program: "/opt/bin/dripd")
        #expect(installation.configuration == root.path + "/opt/etc/dripd/dripd.yaml")
        #expect(installation.stateDirectory == root.path + "/var/lib/shop")
        #expect(installation.controlSocket == root.path + "/run/shop/control.sock")
        #expect(installation.credentials["page_token_2"]?.path == root.path + "/opt/etc/two")
        #expect(installation.credentials["page_token"]?.isEncrypted == true)
        #expect(installation.credentials["app_secret"]?.isEncrypted == false)
    }

    @Test func `what an administrator has put into /etc comes before what was shipped`() throws {
        try write("/usr/local/lib/systemd/system/dripd.service", unit)
        try write(
            "/etc/systemd/system/dripd.service",
            "[Service]\nExecStart=/usr/bin/dripd run \\\n    --config=/srv/shop.yaml --log-level debug\n"
        )
        let installation = Installation(root: root.path, program: "/usr/local/bin/dripd")
        #expect(installation.configuration == root.path + "/srv/shop.yaml")
    }

    @Test func `its configuration means its directories, by whatever name, and no other configuration does`() throws {
        try write("/usr/lib/systemd/system/dripd.service", unit)
        let content = """
            messenger: {app_secret: {credential: a}, verify_token: {credential: b}, pages: [{id: 1, token: {credential: c}}]}
            """
        try write("/etc/dripd/dripd.yaml", content)
        try write("/home/shop/dripd.yaml", content)
        let installation = Installation(root: root.path, program: nil)
        let own = root.path + "/etc/dripd/dripd.yaml"
        let link = root.path + "/link.yaml"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: own)
        for path in [own, link, root.path + "/etc/../etc/dripd/./dripd.yaml"] {
            let configuration = try Configuration.load(path: path, environment: [:], installation: installation)
            #expect(configuration.stateDirectory == root.path + "/var/lib/dripd", "\(path)")
            #expect(configuration.controlSocket == root.path + "/run/dripd/control.sock")
        }
        let other = root.path + "/home/shop"
        let configuration = try Configuration.load(
            path: other + "/dripd.yaml",
            environment: [:],
            installation: installation
        )
        #expect(configuration.stateDirectory == other + "/state")
        #expect(configuration.controlSocket == other + "/state/control.sock")
    }

    @Test func `without a unit and without its directories, a file in /etc is a file like any other`() throws {
        try write("/etc/dripd/dripd.yaml", "")
        let installation = Installation(root: root.path, program: "/home/shop/dripd")
        #expect(!installation.isThere)
        #expect(!installation.isConfiguration(root.path + "/etc/dripd/dripd.yaml"))
        try FileManager.default.createDirectory(atPath: root.path + "/var/lib/dripd", withIntermediateDirectories: true)
        #expect(Installation(root: root.path, program: nil).isConfiguration(root.path + "/etc/dripd/dripd.yaml"))
    }

    @Test func `an empty assignment takes back what was named before`() {
        let text = UnitParser([
            "LoadCredential=a:/a\nLoadCredentialEncrypted=b:/b\n", "LoadCredential=\nLoadCredential=c:/c\n",
        ])
        #expect(text.credentials.mapValues(\.path) == ["b": "/b", "c": "/c"])
    }
}
