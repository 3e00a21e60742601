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
}
