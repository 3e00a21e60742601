/// Where the sandbox's mail server listens, and what it accepts.
package struct MailConfiguration: Sendable, Equatable {
    /// A loopback address, or `localhost`. The server has no TLS, because nothing leaves this machine.
    package var host: String
    /// 0 selects a free port; ``MailSandbox/port`` has it.
    package var port: Int
    /// The user that clients must authenticate as; nil if any user, or none, will do.
    package var user: String?
    package var password: String?
    /// The most bytes of a mail, as announced by `SIZE`.
    package var sizeLimit = 2 << 20

    package init(host: String, port: Int, user: String? = nil, password: String? = nil) {
        self.host = host
        self.port = port
        self.user = user
        self.password = password
    }

    func validate() throws(SandboxConfigurationError) {
        guard SandboxConfiguration.isLoopback(host) else { throw .listensBeyondLoopback(host: host) }
        guard (0...65_535).contains(port) else { throw .noSuchPort(port) }
        guard (user == nil) == (password == nil) else { throw .halfMailCredentials }
        if user?.isEmpty == true { throw .empty("mail user") }
        if password?.isEmpty == true { throw .empty("mail password") }
        guard (1...(64 << 20)).contains(sizeLimit) else { throw .mailSizeLimit }
    }
}
