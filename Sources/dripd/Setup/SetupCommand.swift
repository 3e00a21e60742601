import ArgumentParser
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
            them to /etc/dripd, with secrets that only root can read. Checks them as `dripd doctor` does, and lists what is \
            left to do at Meta and in the web server.

            An empty answer keeps what is there, so the command can be repeated. It needs a terminal, and root. For a \
            folder of your own, use `dripd init`.
            """
    )

    @Flag(help: "Do not connect to other machines.")
    var offline = false

    func run() async throws {
        let installation = Installation.current
        let path = installation.configuration
        guard Questions.canAsk else { throw Failure(Self.byHand(installation)) }
        guard geteuid() == 0 else { throw Failure("only root may write \(path) and the secrets: run it as root") }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw Failure("cannot read \(path): install dripd first, or use `dripd init` for a folder of your own")
        }
        let before = try ConfigurationFile.load(path)
        guard before.messenger.pages.count == 1, let page = before.messenger.pages.first else {
            throw Failure(
                "setup configures one page, and \(path) has \(before.messenger.pages.count): edit the file instead"
            )
        }
        let files = ServiceFiles(installation: installation, messenger: before.messenger)
        var edit = ConfigurationEdit(text: text)
        let canEdit = (id: edit.has("id", page.id), listen: edit.has("listen", before.listen.description))
        guard canEdit.id else { throw Failure("cannot find the page's id in \(path): edit the file instead") }
        let questions = Questions()
        Output.note(
            "An empty answer keeps what is in [brackets]. Nothing is written before the last answer; Ctrl-C ends setup."
        )
        let id = try questions.ask(
            "Page id (on the page: About, Page transparency)",
            fallback: page.id == ServiceFiles.examplePage ? nil : page.id
        ) { answer in
            (1...32).contains(answer.utf8.count) && answer.utf8.allSatisfy { (0x30...0x39).contains($0) }
                ? nil : "an id is a number, such as \(ServiceFiles.examplePage)"
        }
        // A file without this key has the default, and no line to change.
        let listen =
            canEdit.listen
            ? try questions.ask(
                "Address for the webhooks from your web server",
                fallback: before.listen.description,
                check: Self.flaw(inAddress:)
            ) : nil
        let host = try questions.ask("Host name of your web server, for Meta", fallback: "later") { answer in
            answer.wholeMatch(of: /[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+/) == nil
                ? "a host name alone, such as shop.example.com" : nil
        }
        let secrets = try ask(files, questions)

        if let id { edit.replace("id", page.id, with: id) }
        if let listen { edit.replace("listen", before.listen.description, with: listen) }
        guard try String(contentsOfFile: path, encoding: .utf8) == text else {
            throw Failure("\(path) has changed meanwhile; nothing was written")
        }
        var new = secrets.map { (path: $0.path, text: $0.value + "\n", mode: 0o600 as UInt32?) }
        if edit.text != text { new.insert((path, edit.text, nil), at: 0) }
        let former = try ServiceFiles.write(new)
        let written = new.map(\.path).joined(separator: ", ")
        try Output.standard.paragraph(new.isEmpty ? "Nothing was written.\n" : "Wrote \(written).\n")
        let service = try ControlOptions.parse(["--config", path])
        let findings = try await Doctor.findings(service, offline: offline, isStarted: false)
        try Output.standard.lines(findings.flatMap(\.lines))
        let hasErrors = findings.contains { $0.level == .error }
        if hasErrors, !new.isEmpty, (try? questions.confirm("Keep what was written, in spite of the errors?")) != true {
            try ServiceFiles.restore(former)
            throw Failure("the files are as they were before")
        }
        let after = try ConfigurationFile.load(path)
        try Output.standard.paragraph(Self.remains(files, host: host, listen: after.listen))
        if hasErrors { throw ExitCode.failure }
    }

    /// Asks for the secrets that can be written as a file.
    private func ask(_ files: ServiceFiles, _ questions: Questions) throws -> [(path: String, value: String)] {
        var answers: [(path: String, value: String)] = []
        for named in files.secrets {
            guard let path = files.path(of: named.secret) else {
                Output.note("\(named.title): \(named.secret) is encrypted or in the environment, and stays as it is.")
                continue
            }
            let isThere = (try? Secret.file(path: path).read(environment: [:])) != nil
            let isToken = named.secret == files.messenger.verifyToken
            let answer = try questions.ask(
                "\(named.title) (\(named.source))",
                fallback: isThere ? "keep" : isToken ? "make one" : nil,
                isSecret: true,
                check: Secret.flaw(in:)
            )
            if let answer {
                answers.append((path, answer))
            } else if !isThere {
                answers.append((path, Self.randomToken()))
            }
        }
        return answers
    }
}

extension SetupCommand {
    /// What to do without a terminal.
    private static func byHand(_ installation: Installation) -> String {
        let files = [(installation.configuration, "the page's id (mode 0644)")] + ServiceFiles.standard(installation)
        let width = files.map(\.0.count).max() ?? 0
        let lines = files.map { "  " + $0.padding(toLength: width, withPad: " ", startingAt: 0) + "  " + $1 }
        return """
            setup asks questions, so it needs a terminal. Without one, write these files:
            \(lines.joined(separator: "\n"))
            Each secret is one line that only root can read (mode 0600). Then:
              systemctl restart dripd
              dripd doctor
            """
    }

    private static func flaw(inAddress text: String) -> String? {
        do throws(ParseError) {
            _ = try ListenAddress.parse(text)
            return nil
        } catch {
            return [error.message, error.suggestion].compactMap(\.self).joined(separator: "; ")
        }
    }

    /// 128 random bits.
    private static func randomToken() -> String {
        (0..<16).map { _ in UInt8.random(in: .min ... .max) }.hexadecimal
    }

    private static func remains(_ files: ServiceFiles, host: String?, listen: ListenAddress) -> String {
        let name = host ?? "YOUR-HOST"
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
                         reverse_proxy \(listen.localHosts[0]):\(listen.port)
                     }
                 }
            4. At developers.facebook.com, your app, Messenger, API settings, Webhooks:
                 callback URL  https://\(name)/webhooks/messenger
                 verify token  \(files.path(of: files.messenger.verifyToken).map { "the line in \($0)" } ?? "yours")
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
