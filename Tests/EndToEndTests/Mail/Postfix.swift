import Channels
import ChildProcesses
import DripCore
import Foundation
import Glibc
import TestSupport
import Testing

/// A Postfix of one test: with its own configuration, queue and certificate, on ports of the loopback addresses.
///
/// It is the mail server of the shop (`shop.example`), that of its customers (`khach.example`), and one that relays to a third
/// (`later.example`), which refuses everybody after the shop's server has accepted the mail. Mail to anywhere else fails.
final class Postfix: Sendable {
    let directory: TemporaryDirectory
    /// For other mail servers: no TLS, no account.
    let plainPort: Int
    /// For the shop: with STARTTLS at `submissionHost`, and with TLS from the start.
    let submissionPort: Int
    let tlsPort: Int
    private let refusingPort: Int
    private let master: ChildProcess

    static let account = (user: "drip@shop.example", password: "post-word")
    /// Not 127.0.0.1, to which dripd would send without TLS in a trial.
    static let submissionHost = "127.0.0.2"

    var folder: String { directory.path }
    /// Which `dripd mail` uses as another user.
    var controlSocket: String { folder + "/run/control.sock" }
    /// Of the authority that signed the certificate.
    var authority: String { folder + "/authority.pem" }

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    /// Postfix starts only as root, and trust in its authority needs a mount that no other process sees.
    static var isPossible: ConditionTrait {
        .enabled("needs root, the right to mount, Postfix and saslpasswd2: Scripts/install-needs tests") {
            guard geteuid() == 0, access(daemons + "/master", X_OK) == 0, passwordProgram != nil else { return false }
            let attempt = try ChildProcess(
                "/usr/bin/unshare",
                ["-m", "/bin/mount", "-t", "tmpfs", "tmpfs", "/mnt"],
                output: "/dev/null",
                errors: "/dev/null"
            )
            return await attempt.exit == .status(0)
        }
    }

    private static let daemons = "/usr/lib/postfix/sbin"

    private static var passwordProgram: String? {
        ["/usr/sbin/saslpasswd2", Program.project.path + "/.build/tools/usr/sbin/saslpasswd2"].first {
            access($0, X_OK) == 0
        }
    }

    /// Starts it, and returns when it takes mail.
    init() async throws {
        directory = try TemporaryDirectory()
        (plainPort, submissionPort) = (try FreePort.any(), try FreePort.any())
        (tlsPort, refusingPort) = (try FreePort.any(), try FreePort.any())
        let (folder, log) = (directory.path, directory.path + "/log")
        // Postfix's own users, and that of `dripd mail`, may pass.
        try #require(chmod(folder, 0o711) == 0)
        for name in ["etc", "etc/sasl", "spool", "data", "mail", "run"] {
            try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: false)
        }
        try #require(chmod(folder + "/run", 0o711) == 0)
        try await Self.run(Self.preparation, in: folder, [Self.passwordProgram ?? "", Self.account.password])
        // Another user may not be able to reach the folder of the build.
        let program = folder + "/dripd"
        if link(Program.url.path, program) != 0 {
            try FileManager.default.copyItem(atPath: Program.url.path, toPath: program)
        }
        master = try await Self.start(
            folder: folder,
            main: Self.main(folder, refusingPort: refusingPort),
            services: Self.services(
                folder,
                plain: plainPort,
                submission: submissionPort,
                tls: tlsPort,
                refusing: refusingPort
            ),
            log: log
        )
    }

    deinit {
        // The other processes end with it.
        master.signal(SIGKILL)
    }

    private static func start(folder: String, main: String, services: String, log: String) async throws -> ChildProcess
    {
        try Data(main.utf8).write(to: URL(filePath: folder + "/etc/main.cf"))
        try Data(services.utf8).write(to: URL(filePath: folder + "/etc/master.cf"))
        try await run("/usr/sbin/postfix -c \"$PWD/etc\" check", in: folder)
        let errors = folder + "/errors"
        let master = try ChildProcess(
            daemons + "/master",
            ["-c", folder + "/etc", "-s"],
            output: errors,
            errors: errors
        )
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        master.whenEnded { _ in end.finish() }
        let isReady = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                // It has bound its ports before. Postfix tells nobody that it is ready but its log file.
                while !text(of: log).contains("daemon started") {
                    guard (try? await Task.sleep(for: .milliseconds(10))) != nil else { return false }
                }
                return true
            }
            group.addTask {
                for await _ in ends {}
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
        guard isReady else { throw Failed(description: text(of: errors) + text(of: log)) }
        return master
    }

    private static func text(of path: String) -> String {
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }

    /// - Parameter arguments: `$1` and so on of the script.
    private static func run(_ script: String, in folder: String, _ arguments: [String] = []) async throws {
        let errors = folder + "/errors"
        let process = try ChildProcess(
            "/bin/sh",
            ["-euc", script, "sh"] + arguments,
            folder: folder,
            output: errors,
            errors: errors
        )
        guard await process.exit == .status(0) else {
            throw Failed(description: text(of: errors) + text(of: folder + "/log"))
        }
    }

    // MARK: Its configuration

    /// An authority, a certificate, and an account without a further daemon: `sasldb` of Cyrus SASL.
    private static let preparation = """
        chown postfix data
        chown nobody:nogroup mail
        new="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
        openssl req -x509 $new -subj /CN=authority -days 2 -keyout authority.key -out authority.pem
        openssl req $new -subj /CN=mail.shop.example -keyout key.pem -out request.pem
        echo subjectAltName=IP:127.0.0.1,IP:127.0.0.2 >extension
        openssl x509 -req -in request.pem -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 \\
            -extfile extension -out certificate.pem
        printf %s "$2" | "$1" -p -c -u shop.example -f "$PWD/accounts" drip
        chown postfix accounts
        printf '%s\\n' 'pwcheck_method: auxprop' 'auxprop_plugin: sasldb' "sasldb_path: $PWD/accounts" \\
            'mech_list: PLAIN LOGIN' >etc/sasl/smtpd.conf
        """

    private static func main(_ folder: String, refusingPort: Int) throws -> String {
        try """
        compatibility_level = 3.6
        queue_directory = \(folder)/spool
        data_directory = \(folder)/data
        maillog_file = \(folder)/log
        maillog_file_prefixes = \(folder)
        cyrus_sasl_config_path = \(folder)/etc/sasl
        smtpd_tls_cert_file = \(folder)/certificate.pem
        smtpd_tls_key_file = \(folder)/key.pem
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        myhostname = mail.shop.example
        mydestination =
        alias_maps =
        alias_database =
        disable_dns_lookups = yes
        smtp_host_lookup = native
        default_transport = error:5.4.4 this Postfix sends nothing to other machines
        virtual_mailbox_domains = khach.example shop.example
        virtual_mailbox_base = \(folder)/mail
        virtual_mailbox_maps = inline:{lan@khach.example=lan/, care@shop.example=care/}
        virtual_uid_maps = static:65534
        virtual_gid_maps = static:65534

        """
            + lines(of: "main.cf")
            .replacing("relay_domains = ", with: "relay_domains = later.example ")
            .replacing(
                "transport_maps = inline:{",
                with: "transport_maps = inline:{later.example=smtp:[127.0.0.1]:\(refusingPort), "
            )
    }

    private static func services(
        _ folder: String,
        plain: Int,
        submission: Int,
        tls: Int,
        refusing: Int
    ) throws
        -> String
    {
        let account = """
            -o smtpd_sasl_auth_enable=yes -o smtpd_sasl_local_domain=shop.example \
            -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
            """
        return try """
        127.0.0.1:\(plain) inet n - n - - smtpd
        \(submissionHost):\(submission) inet n - n - - smtpd -o smtpd_tls_security_level=encrypt \(account)
        127.0.0.1:\(tls) inet n - n - - smtpd -o smtpd_tls_wrappermode=yes \(account)
        127.0.0.1:\(refusing) inet n - n - - smtpd -o myhostname=mx.later.example
          -o { smtpd_recipient_restrictions = check_recipient_access inline:{{later.example = 550 5.1.1 no such user}} }
        pickup unix n - n 60 1 pickup
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        tlsmgr unix - - n 1000? 1 tlsmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        flush unix n - n 1000? 0 flush
        smtp unix - - n - - smtp
        error unix - - n - - error
        retry unix - - n - - error
        virtual unix - n n - - virtual
        anvil unix - - n - 1 anvil
        scache unix - - n - 1 scache
        proxymap unix - - n - - proxymap
        postlog unix-dgram n - n - 1 postlogd

        """
            + lines(of: "master.cf")
            .replacing("user=dripd-mail:dripd-control", with: "user=nobody:nogroup")
            .replacing(
                "/usr/bin/dripd mail",
                with: "\(folder)/dripd mail --control-socket \(folder)/run/control.sock"
            )
    }

    /// What docs/channels/email.md tells users of Postfix to add to a file.
    private static func lines(of file: String) throws -> String {
        let page = try String(contentsOf: Program.project.appending(path: "docs/channels/email.md"), encoding: .utf8)
        let start = "```\n# /etc/postfix/\(file)\n"
        guard let begin = page.firstRange(of: start)?.upperBound, let end = page[begin...].firstRange(of: "```\n")
        else {
            throw Failed(description: "docs/channels/email.md has no block of \(file)")
        }
        return String(page[begin..<end.lowerBound])
    }

    // MARK: Mail

    var log: String { Self.text(of: folder + "/log") }

    /// Waits until the log has this, or the test's time is over.
    func says<Output>(_ line: some RegexComponent<Output>) async throws -> Output {
        while true {
            if let match = log.firstMatch(of: line) { return match.output }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Delivers what waits in the queue.
    func tryAgain() async throws {
        try await Self.run("/usr/sbin/postqueue -c \"$PWD/etc\" -f", in: folder)
    }

    /// The delivered mails of a mailbox, in the order of their delivery.
    func mails(of mailbox: String) throws -> [[UInt8]] {
        let new = "\(folder)/mail/\(mailbox)/new"
        // Postfix makes it with the first mail.
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: new) else { return [] }
        return try names.map { name in
            var facts = stat()
            guard stat("\(new)/\(name)", &facts) == 0 else { throw Failed(description: "no \(new)/\(name)") }
            let mail = try Data(contentsOf: URL(filePath: "\(new)/\(name)"))
            return (at: (facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec), bytes: Array(mail))
        }
        .sorted { $0.at < $1.at }.map(\.bytes)
    }

    /// Waits until the mailbox has that many, or the test's time is over.
    func mails(of mailbox: String, count: Int) async throws -> [[UInt8]] {
        while true {
            let mails = try mails(of: mailbox)
            if mails.count >= count { return mails }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Hands over a mail as another mail server does.
    func take(_ mail: String, from sender: String, to recipient: String) async throws {
        guard let address = EmailAddress(recipient) else { throw Failed(description: recipient) }
        let answer = await (try CurlMailTransport(connections: 1)).submit(
            MailSubmission(
                server: MailServer(url: "smtp://127.0.0.1:\(plainPort)", isPlain: true),
                sender: sender,
                recipient: address,
                bytes: Array(mail.replacing("\n", with: "\r\n").utf8)
            )
        )
        guard case .accepted = answer else { throw Failed(description: "\(answer)") }
    }
}
