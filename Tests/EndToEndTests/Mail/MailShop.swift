import Channels
import ChildProcesses
import ControlAPI
import DripCore
import DripEngine
import Foundation
import MessengerSandbox
import TestSupport

/// A shop that sends its mail by a real Postfix.
struct MailShop {
    enum Submission: CaseIterable {
        /// At the port for submission, with STARTTLS.
        case startTLS
        /// With TLS from the start.
        case tls
    }

    let postfix: Postfix
    let shop: Shop

    /// libcurl of Debian and its like has the authorities that it trusts from here.
    private static let authorities = "/etc/ssl/certs/ca-certificates.crt"

    /// Starts both.
    /// - Parameter admitsPostfix: whether Postfix's user may use the control socket.
    init(
        sequences: [String: String],
        scale: Int64,
        by submission: Submission,
        admittingPostfix admitsPostfix: Bool = true
    ) async throws {
        postfix = try await Postfix()
        shop = try await Shop(sequences: sequences, scale: scale, controlSocket: postfix.controlSocket)
        let key = try ChildProcess(
            "/usr/bin/env",
            ["openssl", "genrsa", "-out", shop.folder + "/secrets/dkim_key", "2048"],
            output: "/dev/null",
            errors: "/dev/null"
        )
        guard await key.exit == .status(0) else { throw Postfix.Failed(description: "openssl genrsa") }
        try shop.write(Postfix.account.user, to: "secrets/smtp_user")
        try shop.write(Postfix.account.password, to: "secrets/smtp_password")
        let url =
            switch submission {
            case .startTLS: "smtp://\(Postfix.submissionHost):\(postfix.submissionPort)"
            case .tls: "smtps://127.0.0.1:\(postfix.tlsPort)"
            }
        try shop.write(
            try String(contentsOfFile: shop.configuration, encoding: .utf8) + """
                control_socket: \(postfix.controlSocket)
                public_url: http://127.0.0.1:\(shop.port)
                email:
                  - id: shop
                    from: "Shop ABC <care@shop.example>"
                    smtp: {url: "\(url)", user: {file: secrets/smtp_user}, password: {file: secrets/smtp_password}}
                    dkim: {selector: drip, key: {file: secrets/dkim_key}}
                    bounces: bounces.shop.example
                    identity: "Shop ABC, 12 Lê Lợi, Quận 1, TP.HCM"

                """,
            to: "dripd.yaml"
        )
        if admitsPostfix { try admitPostfix() }
        try await start()
    }

    /// From the daemon's next start.
    func admitPostfix() throws {
        let configuration = try String(contentsOfFile: shop.configuration, encoding: .utf8)
        try shop.write(configuration + "control_group: nogroup\n", to: "dripd.yaml")
    }

    /// Starts the daemon, which trusts Postfix's authority as if the machine did.
    func start() async throws {
        let script = "mount --bind \"$0\" \"$1\" && shift && exec \"$@\""
        try await shop.start(
            by: ["/usr/bin/unshare", "-m", "/bin/sh", "-c", script, postfix.authority, Self.authorities]
        )
    }

    /// A person writes, and answers with an address when they are asked for one.
    /// - Parameter wait: how long they take for the answer.
    func comes(_ person: String, leaving address: String, after wait: Milliseconds = .minutes(1)) async throws {
        try shop.sandbox.write(as: person, name: nil, text: "Shop ơi, mẫu này còn không ạ?", ref: nil)
        var asked = shop.clock.now()
        for await entry in shop.sandbox.feed(after: 0) where entry.direction == .outgoing && entry.person == person {
            asked = Instant(milliseconds: entry.at)
            break
        }
        // A person's own pause, on the daemon's fast clock: nothing happens meanwhile that could be waited for.
        while shop.clock.now() < asked + wait { try await Task.sleep(for: .milliseconds(10)) }
        try shop.sandbox.write(as: person, name: nil, text: address, ref: nil)
    }

    /// The steps that reached a person on Messenger, in order.
    func messages(to person: String) -> [String] {
        shop.sandbox.messages(after: 0, of: person).filter { $0.direction == .outgoing }
            .compactMap { $0.metadata.flatMap(DeliveryKey.init)?.step }
    }

    func person(_ id: String) async throws -> PersonDetail { try await shop.ask("people", "show", id) }

    /// Waits until this is true of the person, or the test's time is over.
    @discardableResult
    func person(_ id: String, until isReached: (PersonDetail) -> Bool) async throws -> PersonDetail {
        while true {
            let person = try await person(id)
            if isReached(person) { return person }
        }
    }

    /// The DNS record of the signatures, made as docs/channels/email.md says.
    func signatureRecord() async throws -> String {
        let (output, errors) = (shop.folder + "/record", shop.folder + "/record-errors")
        let script = "openssl rsa -in secrets/dkim_key -pubout -outform DER | base64 -w0"
        let process = try ChildProcess(
            "/bin/sh",
            ["-c", script],
            folder: shop.folder,
            output: output,
            errors: errors
        )
        guard await process.exit == .status(0) else { throw Postfix.Failed(description: "openssl rsa") }
        return "v=DKIM1; k=rsa; p=" + (try String(contentsOfFile: output, encoding: .utf8))
    }
}
