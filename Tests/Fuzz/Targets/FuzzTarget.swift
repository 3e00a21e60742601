import Channels
import DripCore
import Foundation
import SequenceFiles

/// What takes bytes from outside.
enum FuzzTarget: String, CaseIterable {
    /// A sequence file, of whoever may open a pull request.
    case sequences
    /// A table of people, from whatever an operator exported it.
    case people
    /// A webhook: a line with its signature, and its body.
    case webhooks
    /// The platform's answer, or that of whoever sits between: a status, a line for each header, an empty one, and the body.
    case answers
    /// What the larger orders to the control API hold. `ControlServerTests` sends damaged orders of every kind to the server itself.
    case orders
    /// What a person writes: a message, a comment, or their name.
    case text
    /// A mail: a bounce, a complaint, a reply.
    case mail

    /// Seconds of the processor that an input of 20,000 bytes may take in this build, which is not optimised: what is linear takes
    /// a fraction of it, and what is quadratic many times as much.
    var budget: Double {
        switch self {
        case .text: 1
        case .webhooks, .orders, .mail: 2
        case .sequences, .people, .answers: 10
        }
    }

    func read(_ bytes: [UInt8]) {
        switch self {
        case .sequences:
            let folder = SequenceFolder.read([("care.yaml", bytes, [:])], defaultZone: .gmt)
            let hasErrors = folder.diagnostics.contains { $0.severity == .error }
            precondition(hasErrors == (folder.catalog == nil), "a file without errors is a catalog, and no other")
        case .people:
            readPeople(bytes)
        case .webhooks: readWebhook(bytes)
        case .answers: FuzzedAnswer(bytes).read()
        case .orders: readOrder(Data(bytes))
        case .text: FuzzedText(bytes).read()
        case .mail: readMail(bytes)
        }
    }

    /// Where the pieces end that a file is read in makes no difference.
    private func readPeople(_ bytes: [UInt8]) {
        let whole = PeopleFile(bytes: bytes, path: "people.csv", page: nil)
        let small = PeopleFile(bytes: bytes, path: "people.csv", page: nil, pieceSize: 7)
        let survey = whole.survey()
        precondition(survey.errors == small.survey().errors, "the same problems in small pieces")
        guard survey.errors.isEmpty else { return }
        var parts = whole.parts(after: survey)
        let people = try? parts.next(limit: survey.count + 1)
        precondition(people?.count == survey.count, "a second reading finds the same people")
    }

    private func readWebhook(_ bytes: [UInt8]) {
        let parts = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
        let body = Data(parts[parts.count - 1])
        _ = WebhookSignature.isValid(String(decoding: parts[0], as: UTF8.self), body: body, secret: "secret")
        guard let events = try? WebhookEnvelope(body).events else { return }
        for event in events { _ = PolicyNotice(event) }
        // The platform sends the same bytes again: they are the same events.
        let again = (try? WebhookEnvelope(body).events) ?? []
        precondition(events.map(\.key) == again.map(\.key), "the same webhook has the same keys")
    }

    /// The seeds have references with the MAC of this key.
    private func readMail(_ bytes: [UInt8]) {
        switch InboundMail.read(bytes, key: Array("a secret key for tests".utf8)) {
        case .undelivered(let reference, _, _), .complaint(let reference):
            precondition(reference.enrollment == 4711, "no mail forges a MAC")
        case .reply(_, let sender, let text):
            precondition(sender.utf8.count <= 254 && text.unicodeScalars.count <= 20_000, "a reply has a bound")
        case .unsubscribe, .automatic, .unreadable: break
        }
    }

    private func readOrder(_ body: Data) {
        let decoder = JSONDecoder()
        let now = Instant(milliseconds: 1_800_000_000_000)
        var person = Person(
            id: PersonID(rawValue: 1),
            address: Address(
                id: AddressID(rawValue: 1),
                account: Account(id: AccountID(rawValue: 1), channel: .messenger, externalID: "1"),
                externalID: "2"
            )
        )
        person.lastWroteAt = now
        if let filter = try? decoder.decode(PeopleFilter.self, from: body) {
            _ = filter.holds(for: person, underWay: [], now: now)
        }
        if let span = try? decoder.decode(Milliseconds.self, from: body) { _ = "\(now - span) \(now + span) \(span)" }
        if let order = try? decoder.decode(SyncRequest.self, from: body) { _ = order.since.map { "\($0) \(now - $0)" } }
        for record in (try? decoder.decode(PeopleTable.self, from: body).people) ?? [] where record.flaw == nil {
            let known = person.adding(record)
            _ = "\(known.isReachable(at: now)) \(known.address.windowEnds.map(\.description) ?? "")"
        }
        let text = String(decoding: body, as: UTF8.self)
        if let search = PeopleSearch(text) { _ = search.fits(["full_name": text, "phone": text]) }
    }
}
