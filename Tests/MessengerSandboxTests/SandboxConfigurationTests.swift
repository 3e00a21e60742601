import Testing

@testable import MessengerSandbox

struct SandboxConfigurationTests {
    @Test(arguments: ["127.0.0.1", "127.8.9.10", "::1", "localhost"])
    func `a loopback address is listened on`(host: String) throws {
        var configuration = TestPlatform.configuration
        configuration.host = host
        try configuration.validate()
    }

    @Test(arguments: ["0.0.0.0", "::", "192.168.1.2", "example.com", "127.0.0.1.example.com", "127.0.0", "", "127.1"])
    func `no other address is listened on`(host: String) {
        var configuration = TestPlatform.configuration
        configuration.host = host
        #expect(throws: SandboxConfigurationError.listensBeyondLoopback(host: host)) { try configuration.validate() }
    }

    @Test(arguments: [
        ("https://dripd.example/webhooks", "the sandbox sends webhooks to loopback addresses only, not to "),
        ("http://127.0.0.1@evil.example/", "the sandbox sends webhooks to loopback addresses only, not to "),
    ])
    func `webhooks go nowhere else`(url: String, reason: String) {
        var configuration = TestPlatform.configuration
        configuration.webhookURL = url
        let error = #expect(throws: SandboxConfigurationError.self) { try configuration.validate() }
        #expect(error?.description == reason + url)
    }

    @Test(arguments: ["127.0.0.1:80/x", "ftp://127.0.0.1/", "http://", ""])
    func `a webhook URL must be one`(url: String) {
        var configuration = TestPlatform.configuration
        configuration.webhookURL = url
        #expect(throws: SandboxConfigurationError.webhookURLUnusable(url)) { try configuration.validate() }
    }

    @Test func `an empty token, a port that is none and a rate of nothing are refused`() {
        var configuration = TestPlatform.configuration
        configuration.pageToken = ""
        #expect(throws: SandboxConfigurationError.empty("page token")) { try configuration.validate() }
        configuration = TestPlatform.configuration
        configuration.port = 65_536
        #expect(throws: SandboxConfigurationError.noSuchPort(65_536)) { try configuration.validate() }
        configuration = TestPlatform.configuration
        configuration.messagesPerSecond = 0
        #expect(throws: SandboxConfigurationError.rateNotPositive) { try configuration.validate() }
    }

    @Test func `the mail server listens on loopback addresses, and has a whole credential or none`() throws {
        func error(_ change: (inout MailConfiguration) -> Void) -> SandboxConfigurationError? {
            var configuration = TestPlatform.configuration
            var mail = MailConfiguration(host: "127.0.0.1", port: 2525, user: "shop", password: "word")
            change(&mail)
            configuration.mail = mail
            do throws(SandboxConfigurationError) {
                try configuration.validate()
                return nil
            } catch {
                return error
            }
        }
        #expect(error { _ in } == nil)
        #expect(error { $0.host = "::1" } == nil)
        #expect(error { $0.host = "0.0.0.0" } == .listensBeyondLoopback(host: "0.0.0.0"))
        #expect(error { $0.port = 65_536 } == .noSuchPort(65_536))
        #expect(error { $0.user = nil } == .halfMailCredentials)
        #expect(error { $0.password = nil } == .halfMailCredentials)
        #expect(error { $0.user = "" } == .empty("mail user"))
        #expect(error { $0.password = "" } == .empty("mail password"))
        #expect(error { $0.sizeLimit = 0 } == .mailSizeLimit)
    }
}
