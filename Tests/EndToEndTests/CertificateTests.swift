import ControlAPI
import DripEngine
import DripStore
import Foundation
import MessengerSandbox
import TestSupport
import Testing

/// Somebody else answers for the platform, with a certificate of an issuer that the machine trusts: the real binary, since
/// libcurl has its issuers from a file of the machine, which only a process with mounts of its own sees otherwise.
@Suite(.timeLimit(.minutes(2)), OwnMounts.arePermitted) struct CertificateTests {
    /// Where libcurl is built to look in Debian and its like.
    private static let issuers = "/etc/ssl/certs/ca-certificates.crt"
    private static let sequence = """
        sequence: hello
        title: Hello
        start: [first_message]
        steps:
          - {step: one, after: 10 min, text: Hello}
        """

    @Test(.enabled("libcurl has its issuers elsewhere") { FileManager.default.fileExists(atPath: issuers) })
    func `a certificate for another name is sent nothing, though its issuer is trusted`() async throws {
        let server = try await SelfSignedServer()
        defer { server.stop() }
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1200)
        let configuration = try String(contentsOfFile: shop.configuration, encoding: .utf8)
        try shop.write(
            configuration.replacing(shop.graphURL, with: "https://127.0.0.1:\(server.port)/v25.0"),
            to: "dripd.yaml"
        )
        let script = "mount --bind \"$0\" \"$1\" && shift && exec \"$@\""
        try await shop.start(
            by: ["/usr/bin/unshare", "-Urm", "/bin/sh", "-c", script, server.certificate, Self.issuers]
        )
        try shop.sandbox.write(as: "1001", name: nil, text: "Hello", ref: nil)
        try await shop.says("not sent yet")
        #expect(shop.log.contains("certificate subject name"), "\(shop.log)")
        #expect(shop.log.contains("error_class=unsent"))
        let status: Status = try await shop.ask("status")
        #expect((status.sums.sent, status.sums.failed, status.sums.inDoubt) == (0, 0, 0))
        #expect(await shop.end(SIGTERM) == 0)
    }
}
