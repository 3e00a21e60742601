import DripCore
import Foundation

/// What every message, or every webhook, goes through, as pure functions.
enum HotFunction: String, CaseIterable {
    /// The first message of somebody new: a sequence begins.
    case begin
    /// A message of somebody under way, without anything that a rule waits for.
    case decide
    case admit
    case settle
    case nextStep
    /// To read what a message says, before anything waits for the database.
    case words

    func call(times count: Int) {
        let care = Care()
        for _ in 0..<count {
            switch self {
            case .begin:
                keep(
                    care.catalog.decide(
                        care.message,
                        saying: care.words,
                        at: care.start,
                        person: care.stranger,
                        rounds: [:]
                    )
                )
            case .decide:
                keep(
                    care.catalog.decide(
                        care.message,
                        saying: care.words,
                        at: care.due,
                        person: care.person,
                        rounds: care.rounds
                    )
                )
            case .words: keep(EventWords(care.message))
            case .admit: keep(care.catalog.admit(care.job, now: care.due))
            case .settle: keep(care.claim.settle(.accepted(messageID: "m_1"), now: care.due, jitter: 0))
            case .nextStep:
                keep(
                    care.catalog.nextStep(
                        care.job.enrollment,
                        after: .minutes(15),
                        over: ["hello"],
                        personZone: nil
                    )
                )
            }
        }
    }

    /// What nobody looks at is not computed.
    @inline(never) private func keep<Result>(_ result: Result) {
        withExtendedLifetime(result) {}
    }
}

/// A shop with a sequence as in `Sequences/`, and somebody under way in it.
private struct Care {
    let start = Instant(milliseconds: 1_800_000_000_000)
    let due = Instant(milliseconds: 1_800_000_900_000)
    let catalog: Catalog
    let message = Event(
        channel: .messenger,
        page: "1000000000",
        person: "2000000000000001",
        key: "m:1",
        at: nil,
        kind: .message(text: "Chào shop, mình cần tư vấn", payload: nil, ref: nil),
        body: nil
    )
    let words: EventWords
    let stranger = Person(
        id: PersonID(rawValue: 1),
        address: Address(
            id: AddressID(rawValue: 1),
            account: Account(id: AccountID(rawValue: 1), channel: .messenger, externalID: "1000000000"),
            externalID: "2000000000000001"
        )
    )
    let person: Person
    let rounds: [String: Round]
    let job: Job
    let claim: Claim

    init() {
        let text = Result { () throws(TextTemplate.SyntaxError) in
            try TextTemplate(parsing: "{Chào|Xin chào} {{name|bạn}}, cảm ơn bạn đã nhắn tin cho shop ạ!")
        }
        guard case .success(let text) = text, let zone = TimeZone(identifier: "Asia/Ho_Chi_Minh") else {
            preconditionFailure("neither text nor time zone depend on anything")
        }
        let steps = [("hello", Offset(15, .minute)), ("day", Offset(1, .day)), ("week", Offset(1, .week))]
            .map { Step(id: $0, after: $1, variants: [Variant(text: text, weight: 1)]) }
        catalog = Catalog(
            zone: zone,
            sequences: [
                DripSequence(id: "care", title: "Care", start: [.firstMessage], steps: steps, hash: "c"),
                DripSequence(
                    id: "prices",
                    title: "Prices",
                    start: [.message([Phrase("giá")])],
                    steps: steps,
                    hash: "p"
                ),
            ]
        )
        words = EventWords(message)
        var person = stranger
        person.attributes = ["name": "Lan", "full_name": "Nguyễn Thị Lan"]
        person.firstMessageAt = start
        person.address.windowEnds = start + .hours(24)
        self.person = person
        rounds = ["care": Round(number: 1, anchor: start, underWay: true, startsToday: 1)]
        job = Job(
            enrollment: Enrollment(
                id: EnrollmentID(rawValue: 1),
                person: person.id,
                sequence: "care",
                round: 1,
                anchor: start,
                position: nil
            ),
            person: person,
            step: "hello",
            scheduled: due,
            attempt: 0,
            part: 0,
            waitingFor: nil
        )
        guard case .send(let dispatch) = catalog.admit(job, now: due) else {
            preconditionFailure("a step that is due in the window is sent")
        }
        claim = Claim(job: job, number: 1, dispatch: dispatch)
    }
}
