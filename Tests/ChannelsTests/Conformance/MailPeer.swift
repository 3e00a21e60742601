import Foundation
import TestSupport

/// A mail server for tests, without TLS. It takes every message, but for what a test says.
struct MailPeer: Sendable {
    enum Stage: String, Sendable {
        case greeting
        case hello
        case startTLS
        case authentication
        case sender
        case recipient
        case data
        /// Within the message.
        case body
        case end
        case quit
    }

    enum Reaction: Sendable {
        /// - Parameter lines: without the last line break.
        case reply(_ lines: String)
        /// Ends the connection.
        /// - Parameter beginning: what it says before.
        case close(after: String = "")
    }

    var reactions: [Stage: Reaction] = [:]
    var extensions = ["AUTH PLAIN", "8BITMIME"]
    /// The number of messages on each connection to which the reactions do not apply.
    var untouched = 0

    private static let usual: [Stage: String] = [
        .greeting: "220 mail.example ESMTP", .startTLS: "502 5.5.1 not implemented",
        .authentication: "235 2.7.0 welcome",
        .sender: "250 2.1.0 Ok", .recipient: "250 2.1.5 Ok", .data: "354 End data with <CR><LF>.<CR><LF>",
        .end: "250 2.0.0 Ok: queued as ABC123", .quit: "221 2.0.0 Bye",
    ]

    var script: ScriptedServer.Script {
        { connection in
            var session = Session(peer: self, connection: connection)
            session.run()
        }
    }

    /// What a client says on one connection.
    private struct Session {
        let peer: MailPeer
        let connection: ServerConnection
        var taken = 0
        var envelope: [UInt8] = []

        /// - Returns: false if the connection is to end.
        func react(at stage: Stage) -> Bool {
            let extensions = (["mail.example"] + peer.extensions).enumerated().map { index, text in
                "250\(index < peer.extensions.count ? "-" : " ")\(text)"
            }
            let usual = MailPeer.usual[stage] ?? extensions.joined(separator: "\r\n")
            switch taken < peer.untouched ? nil : peer.reactions[stage] {
            case nil: connection.write(usual + "\r\n")
            case .reply(let lines): connection.write(lines + "\r\n")
            case .close(let beginning):
                connection.write(beginning)
                return false
            }
            return true
        }

        mutating func run() {
            guard react(at: .greeting) else { return }
            while let line = connection.readLine() {
                let command = String(decoding: line, as: UTF8.self).trimmingCharacters(in: .newlines)
                switch command.prefix(4).uppercased() {
                case "EHLO", "HELO": guard react(at: .hello) else { return }
                case "STAR": guard react(at: .startTLS) else { return }
                case "AUTH":
                    if command.split(separator: " ").count == 2 {
                        connection.write("334 \r\n")
                        guard connection.readLine() != nil else { return }
                    }
                    guard react(at: .authentication) else { return }
                case "MAIL":
                    envelope = line
                    guard react(at: .sender) else { return }
                case "RCPT":
                    envelope += line
                    guard react(at: .recipient) else { return }
                case "DATA":
                    guard react(at: .data) else { return }
                    // A refusal is not followed by a message.
                    if taken >= peer.untouched, case .reply(let lines)? = peer.reactions[.data], !lines.hasPrefix("354")
                    {
                        continue
                    }
                    guard readMessage(), react(at: .end) else { return }
                    taken += 1
                case "QUIT":
                    _ = react(at: .quit)
                    return
                default: connection.write("500 5.5.2 unknown command\r\n")
                }
            }
        }

        /// Reads up to the final dot, and records the message with its envelope.
        mutating func readMessage() -> Bool {
            var message: [UInt8] = []
            let dot = UInt8(ascii: ".")
            while let line = connection.readLine() {
                if line == [dot, 0x0d, 0x0a] {
                    connection.record(request: envelope + message)
                    envelope = []
                    return true
                }
                // RFC 5321, section 4.5.2.
                message += line.first == dot ? line.dropFirst() : line[...]
                if taken >= peer.untouched, case .close? = peer.reactions[.body] { return false }
            }
            return false
        }
    }
}

/// A message as a mail server has read it.
struct ReceivedMail {
    /// The commands that named the sender and each recipient.
    let sender: String
    let recipients: [String]
    let bytes: [UInt8]

    init(_ received: [UInt8]) {
        var rest = received[...]
        func line() -> String? {
            guard rest.starts(with: "MAIL".utf8) || rest.starts(with: "RCPT".utf8), let end = rest.firstIndex(of: 0x0a)
            else { return nil }
            defer { rest = rest[(end + 1)...] }
            return String(decoding: rest[..<end], as: UTF8.self).trimmingCharacters(in: .newlines)
        }
        sender = line() ?? ""
        var recipients: [String] = []
        while let next = line() { recipients.append(next) }
        self.recipients = recipients
        bytes = Array(rest)
    }
}
