import Channels
import ControlAPI
import DripCore
import DripEngine
import Foundation
import MessengerSandbox
import Synchronization

/// The demo's three customers. They write as the script says, and read what arrives.
struct DemoPeople: Sendable {
    let script: DemoScript
    let sandbox: Sandbox
    let display: DemoDisplay
    let tally: DemoTally
    let clock: SystemClock
    /// Of the daemon, which tells how to recognise its mail.
    let controlSocket: String
    private let lastWrote = LastWrote()

    private final class LastWrote: Sendable {
        let at = Mutex<[Int: Instant]>([:])
    }

    init(
        script: DemoScript,
        sandbox: Sandbox,
        display: DemoDisplay,
        tally: DemoTally,
        clock: SystemClock,
        controlSocket: String
    ) {
        self.script = script
        self.sandbox = sandbox
        self.display = display
        self.tally = tally
        self.clock = clock
        self.controlSocket = controlSocket
    }

    private static func address(_ person: Int) -> String {
        "10000000000000\(person + 1)"
    }

    /// Writes each message of the script at its time.
    func write() async {
        for writing in script.writings {
            guard await sleep(until: writing.at) else { return }
            write(as: writing.person, writing.text)
        }
    }

    private func write(as person: Int, _ text: String) {
        let now = clock.now()
        lastWrote.at.withLock { $0[person] = now }
        display.wrote(script.people[person], text, at: now)
        do {
            try sandbox.write(as: Self.address(person), name: script.people[person], text: text, ref: nil)
        } catch {
            display.paragraph(
                "the sandbox refused a message from \(script.people[person]): \(ErrorDescription.words(error))"
            )
        }
    }

    /// Shows what arrives, until the task is cancelled.
    func receive() async {
        for await entry in sandbox.feed(after: 0) where entry.direction == .outgoing {
            guard let person = script.people.indices.first(where: { Self.address($0) == entry.person }) else {
                continue
            }
            let sent = entry.metadata.flatMap(DeliveryKey.init)
            let message = script.expected.first {
                $0.person == person && $0.step == sent?.step && $0.part == sent?.part
            }
            arrived(message, entry.metadata, to: person, Self.excerpt(entry), at: Instant(milliseconds: entry.at))
        }
    }

    /// Shows the mail that arrives, until the task is cancelled.
    func receiveMail() async {
        guard let mailbox = script.mailbox, let key = await mailKey() else { return }
        var last = 0
        while !Task.isCancelled {
            for mail in await sandbox.mail.mails(after: last, in: mailbox, within: .seconds(1)) {
                last = mail.number
                let id = mail.content.field("Message-ID")?.dropFirst().prefix { $0 != "@" }
                let sent = id.flatMap { MailReference(localPart: $0, key: key) }
                let person = script.people.count - 1
                let message = script.expected.first {
                    $0.person == person && StableHash.of([$0.step]) == sent?.stepHash && $0.part == sent?.part
                }
                let subject = (mail.content.decodedField("Subject") ?? "").cut(to: 45)
                arrived(
                    message,
                    id.map(String.init),
                    to: person,
                    "by e-mail: \(subject)",
                    at: Instant(milliseconds: mail.at)
                )
            }
        }
    }

    private func mailKey() async -> [UInt8]? {
        let answer: MailKey? = try? await ControlClient(socket: controlSocket).get("/mail/key")
        return answer.map { Array($0.key) }
    }

    private func arrived(
        _ message: DemoScript.Expected?,
        _ name: String?,
        to person: Int,
        _ text: String,
        at: Instant
    ) {
        tally.arrived(message, name)
        let what = message.map { "\($0.sequence)/\($0.step)" } ?? "unexpected"
        display.arrived(script.people[person], what, text, at: at, due: message?.due ?? at)
    }

    private static func excerpt(_ entry: LogEntry) -> String {
        guard let text = entry.text?.split(separator: "\n").first else { return "[attachment]" }
        return String(text).cut(to: 60)
    }

    /// Draws the progress. If a message is long overdue, its customer writes again to reopen the window: on this fast clock,
    /// the machine may lose a day in a moment.
    /// - Returns: whether every message arrived exactly once; false if some are still missing long after the month.
    func watch() async -> Bool {
        while !Task.isCancelled {
            let now = clock.now()
            display.progress(now: now)
            if tally.isComplete {
                // A duplicate would arrive soon.
                try? await Task.sleep(for: .seconds(1))
                return tally.faults(people: script.people).isEmpty
            }
            if display.isClosed { return false }
            if now > script.end + .days(4) { return false }
            for message in script.expected
            where !message.isMail && message.due + .hours(8) < now && tally.isMissing(message) {
                let last = lastWrote.at.withLock { $0[message.person] } ?? script.start
                if now > last + .hours(12) { write(as: message.person, "Shop ơi?") }
            }
            guard (try? await Task.sleep(for: .milliseconds(100))) != nil else { return false }
        }
        return false
    }

    private func sleep(until moment: Instant) async -> Bool {
        let wait = (moment - clock.now()).milliseconds
        guard wait > 0 else { return !Task.isCancelled }
        return (try? await Task.sleep(for: .microseconds(wait * 1000 / clock.scale))) != nil
    }
}
