import ArgumentParser
import Channels
import DripCore
import Foundation
import Glibc
import SequenceFiles

struct SetupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup",
        abstract: "Configure the installed service: ask what it needs, and check each answer.",
        discussion: """
            Asks for the page's id, the three secrets and the address that your web server passes webhooks on to. Writes \
            them into /etc/dripd, with secrets that only root can read. Checks everything as `dripd doctor` does, and lists \
            what is left to do at Meta and in the web server.

            An empty answer keeps what is there, so the command can be repeated. It needs a terminal, and root. For a \
            folder of your own, use `dripd init`.
            """
    )

    @Flag(help: "Do not connect to other machines.")
    var offline = false

    func run() async throws {
        let files = ServiceFiles(installation: .current)
        let path = files.installation.configuration
        guard Questions.canAsk else { throw Failure(Self.byHand(files)) }
        guard geteuid() == 0 else { throw Failure("only root may write \(path) and the secrets: run it as root") }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw Failure("cannot read \(path): install dripd first, or use `dripd init` for a folder of your own")
        }
        let before = try ConfigurationFile.load(path)
        guard before.messenger.pages.count == 1, let page = before.messenger.pages.first else {
            throw Failure(
                "\(path) has several pages: add the new one there, and its token as \(files.path(ofSecret: "page_token_2"))"
            )
        }
        let questions = Questions()
        Output.note(
            "An empty answer keeps what is in [brackets]. Nothing is written before the last question; Ctrl-C ends this."
        )
        let id = try questions.ask(
            "Page id (on the page: About, Page transparency)",
            fallback: page.id == ServiceFiles.examplePage ? nil : page.id
        ) { answer in
            (1...32).contains(answer.utf8.count) && answer.utf8.allSatisfy { (0x30...0x39).contains($0) }
                ? nil : "an id is a number, such as 1577703145783617"
        }
        let listen = try questions.ask(
            "Address for the webhooks from your web server",
            fallback: before.listen.description
        ) { answer in
            do throws(ParseError) {
                _ = try ListenAddress.parse(answer)
                return nil
            } catch {
                return [error.message, error.suggestion].compactMap(\.self).joined(separator: "; ")
            }
        }
        let host = try questions.ask("Host name of your web server, for Meta", fallback: "later") { answer in
            answer.wholeMatch(of: /[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+/) == nil ? "a name, such as shop.example.com" : nil
        }
        var secrets: [(name: String, value: String)] = []
        for secret in ServiceFiles.secrets {
            let isThere = files.has(secret.name)
            let fallback = isThere ? "keep" : secret.name == "verify_token" ? "make one" : nil
            let answer = try questions.ask(
                "\(secret.title) (\(secret.source))",
                fallback: fallback,
                isSecret: true
            ) { Self.flaw(in: $0, of: secret.name) }
            if let answer {
                secrets.append((secret.name, answer))
            } else if !isThere {
                secrets.append((secret.name, Self.randomToken()))
            }
        }

        var edit = ConfigurationEdit(text: text)
        if let id, id != page.id, !edit.replace("id", page.id, with: id) {
            throw Failure("cannot find the page's id in \(path): write \(id) there yourself; nothing was written")
        }
        if let listen, listen != before.listen.description,
            !edit.replace("listen", before.listen.description, with: listen)
        {
            throw Failure("cannot find `listen` in \(path): write \(listen) there yourself; nothing was written")
        }
        for secret in secrets { try files.write(secret.value, as: secret.name) }
        if edit.text != text { try files.writeConfiguration(edit.text) }
        try Output.standard.paragraph("Wrote \(path) and \(secrets.count) secrets.\n")
        let service = try ControlOptions.parse(["--config", path])
        // It is started later.
        let findings = try await Doctor.findings(service, offline: offline).filter {
            !["service", "daemon"].contains($0.check)
        }
        try Output.standard.lines(findings.flatMap(\.lines))
        try Output.standard.paragraph(Self.remains(files, host: host, listen: listen ?? before.listen.description))
    }
}

extension SetupCommand {
    /// What to do without a terminal.
    private static func byHand(_ files: ServiceFiles) -> String {
        let written =
            [(files.installation.configuration, "the page's id (mode 0644)")]
            + ServiceFiles.secrets.map { (files.path(ofSecret: $0.name), $0.source) }
        let width = written.map(\.0.count).max() ?? 0
        return """
            setup asks questions, so it needs a terminal. Without one, write these files:
            \(written.map { "  " + $0.padding(toLength: width, withPad: " ", startingAt: 0) + "  " + $1 }.joined(separator: "\n"))
            Each secret is one line that only root can read (mode 0600). Then:
              systemctl restart dripd
              dripd doctor
            """
    }

    private static func flaw(in secret: String, of name: String) -> String? {
        if secret.contains(where: \.isWhitespace) { return "a secret has no spaces" }
        if secret.utf8.count > 4096 { return "over 4096 bytes: is it the right one?" }
        return switch name {
        case "app_secret": SecretStrength.warning(appSecret: secret)
        case "verify_token": SecretStrength.warning(verifyToken: secret)
        default: nil
        }
    }

    /// 128 random bits.
    private static func randomToken() -> String {
        (0..<16).map { _ in UInt8.random(in: .min ... .max) }.hexadecimal
    }

    /// What the operator has left to do.
    private static func remains(_ files: ServiceFiles, host: String?, listen: String) -> String {
        let name = host ?? "shop.example.com"
        let folder = URL(filePath: files.installation.configuration).deletingLastPathComponent().path
        return """

            Left to do:
            1. Put the first sequence in order; it has examples in it:
                 editor \(folder)/Sequences/cham-soc.yaml
                 dripd check
            2. Start dripd, and its daily backup:
                 systemctl enable dripd dripd-backup.timer
                 systemctl restart dripd dripd-backup.timer
            3. In the web server, pass on this path and no other. Caddy:
                 \(name) {
                     handle /webhooks/messenger {
                         reverse_proxy \(listen)
                     }
                 }
            4. At developers.facebook.com, your app, Messenger, API settings, Webhooks:
                 callback URL  https://\(name)/webhooks/messenger
                 verify token  the line in \(files.path(ofSecret: "verify_token"))
                 fields        messages, messaging_postbacks, messaging_referrals,
                               message_echoes, message_deliveries, message_reads,
                               message_reactions, messaging_optins,
                               messaging_policy_enforcement, standby
                               (and feed, if a comment starts a sequence)
            5. See that it all works together:
                 dripd doctor --webhook https://\(name)/webhooks/messenger
            """
    }
}
