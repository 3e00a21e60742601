import DripCore
import Foundation
import TestSupport
import Testing

@Suite struct AdmissionTests {
    private let scheduled = Instant.start + .minutes(15)
    private let instant = Milliseconds(1)

    @Test func `in time, within the window, it is sent`() {
        let sequence = DripSequence.make(steps: .care)
        #expect(
            admit(.make("hello", scheduled: scheduled), at: scheduled, sequence)
                == .send(
                    Dispatch(
                        message: .text("hello", buttons: []),
                        permission: .standardWindow,
                        position: .minutes(15),
                        sequenceHash: sequence.hash,
                        bodyHash: "1967afffbe7ff64a",
                        refusalMayBeBlock: true
                    )
                )
        )
    }

    @Test func `somebody who asked to get nothing more gets nothing, before all else`() {
        let person = Person.make(unreachable: "551", stoppedAt: .start)
        #expect(admit(.make("gone", of: person), at: scheduled) == .skip(.stopped))
    }

    @Test func `a step, or a sequence, that is in no file waits for the file`() {
        #expect(admit(.make("gone"), at: scheduled) == .wait(until: .distantFuture, .sequence))
        let nothing = Catalog(zone: .hoChiMinh, sequences: [])
        #expect(nothing.admit(.make("hello"), now: scheduled) == .wait(until: .distantFuture, .sequence))
    }

    @Test func `late - sent at the last moment, skipped after it`() {
        let sequence = DripSequence.make(late: LateRule(after: .hours(12), then: .skip), steps: .care)
        let job = Job.make("hello", scheduled: scheduled)
        #expect(isSent(admit(job, at: scheduled + .hours(12), sequence)))
        #expect(admit(job, at: scheduled + .hours(12) + instant, sequence) == .skip(.late))
    }

    @Test func `late - whoever waited for the window was not late`() {
        let sequence = DripSequence.make(late: LateRule(after: .hours(12), then: .skip), steps: .care)
        let silent = Person.make(windowEnds: .start)
        let job = Job.make("hello", of: silent, scheduled: scheduled, waitingFor: .window)
        #expect(admit(job, at: scheduled + .hours(12) + instant, sequence) == .skip(.windowClosed))
    }

    @Test func `late - a step that is never too late is sent`() {
        let sequence = DripSequence.make(late: LateRule(after: .hours(12), then: .send), steps: .care)
        let person = Person.make(windowEnds: .start + .days(31))
        #expect(isSent(admit(.make("hello", of: person, scheduled: scheduled), at: .start + .days(30), sequence)))
    }

    @Test func `whom the platform cannot reach gets nothing`() {
        let person = Person.make(windowEnds: .start + .hours(24), unreachable: "551")
        #expect(admit(.make("hello", of: person, scheduled: scheduled), at: scheduled) == .skip(.unreachable))
    }

    @Test func `too late comes before unreachable`() {
        let person = Person.make(unreachable: "551")
        let job = Job.make("hello", of: person, scheduled: scheduled)
        #expect(admit(job, at: scheduled + .hours(24) + instant) == .skip(.late))
    }

    @Test func `quiet hours hold, with an open window or a closed one`() {
        let sequence = DripSequence.make(quiet: QuietHours(start: 10 * 60 + 10, end: 11 * 60), steps: .care)
        let end = Instant.start + .hours(1)
        #expect(admit(.make("hello", scheduled: scheduled), at: scheduled, sequence) == .wait(until: end, .quiet))
        #expect(
            admit(.make("hello", of: .make(), scheduled: scheduled), at: scheduled, sequence)
                == .wait(until: end, .quiet)
        )
        #expect(isSent(admit(.make("hello", scheduled: scheduled), at: end, sequence)))
    }

    @Test func `quiet hours are those of the person's own zone`() {
        // 03:15 UTC: 10:15 in Ho Chi Minh City, 04:15 in Berlin.
        let sequence = DripSequence.make(quiet: QuietHours(start: 0, end: 8 * 60), steps: .care)
        let person = Person.make(zone: .berlin, windowEnds: .start + .hours(24))
        #expect(
            admit(.make("hello", of: person, scheduled: scheduled), at: scheduled, sequence)
                == .wait(until: moment("2027-01-04T07:00:00Z"), .quiet)
        )
    }

    @Test func `the window - nothing is sent in its last five minutes`() {
        let person = Person.make(windowEnds: scheduled + .minutes(5))
        let job = Job.make("hello", of: person, scheduled: scheduled - .hours(1))
        #expect(isSent(admit(job, at: scheduled - instant)))
        #expect(admit(job, at: scheduled) == .wait(until: scheduled + .hours(23), .window))
    }

    @Test func `the window - it never was open`() {
        let job = Job.make("hello", of: .make(), scheduled: scheduled)
        #expect(admit(job, at: scheduled) == .wait(until: scheduled + .hours(24), .window))
    }

    @Test func `the window - the wait ends at the last moment, and then the step is skipped`() {
        let job = Job.make("hello", of: .make(), scheduled: scheduled, waitingFor: .window)
        #expect(admit(job, at: scheduled + .hours(24) - instant) == .wait(until: scheduled + .hours(24), .window))
        #expect(admit(job, at: scheduled + .hours(24)) == .skip(.windowClosed))
    }

    @Test func `the window - a step that is never too late waits for it until the next step is due`() {
        let sequence = DripSequence.make(late: LateRule(after: .hours(1), then: .send), steps: .care)
        let next = Instant.start + .hours(20)
        let job = Job.make("hello", of: .make(), scheduled: scheduled)
        #expect(admit(job, at: scheduled, sequence) == .wait(until: next, .window))
        #expect(admit(job, at: next - instant, sequence) == .wait(until: next, .window))
        #expect(admit(job, at: next, sequence) == .skip(.windowClosed))
        let last = Job.make("week", of: .make(), scheduled: .start + .days(7))
        #expect(admit(last, at: .start + .days(300), sequence) == .wait(until: .distantFuture, .window))
    }

    @Test func `parts go in their order, and the last is known`() {
        let sequence = DripSequence.make(steps: [.parts])
        #expect(sent(admit(.make("parts", part: 0), at: .start, sequence)) == Sent("hi", isLast: false))
        #expect(sent(admit(.make("parts", part: 1), at: .start, sequence)) == Sent("2 images", isLast: false))
        #expect(sent(admit(.make("parts", part: 2), at: .start, sequence)) == Sent("video", isLast: true))
        #expect(admit(.make("parts", part: 3), at: .start, sequence) == .fail("the step has no part 4 any more"))
    }

    @Test func `a text is rendered for the person`() {
        let sequence = DripSequence.make(steps: [.named])
        let lan = Person.make(attributes: ["full_name": "Lan"], windowEnds: .start + .hours(24))
        #expect(sent(admit(.make("named", of: lan), at: .start, sequence)) == Sent("Lan", isLast: true))
    }

    @Test func `cards come last, and fail before the text that stands above them is sent`() {
        let title = TextTemplate(segments: [.variable(name: "full_name", fallback: nil)])
        let subtitle = TextTemplate(segments: [.variable(name: "city", fallback: nil)])
        let step = Step.make(
            "cards",
            Offset(0, .second),
            text: [.literal("hi")],
            images: [.url("https://example.com/1.jpg")],
            cards: [Card(title: title, subtitle: subtitle)]
        )
        func admit(_ attributes: [String: String], part: Int = 0) -> Admission {
            let person = Person.make(attributes: attributes, windowEnds: .start + .hours(24))
            return self.admit(.make("cards", of: person, part: part), at: .start, .make(steps: [step]))
        }
        #expect(sent(admit(["full_name": "Lan"], part: 2)) == Sent("1 cards", isLast: true))
        #expect(sent(admit(["full_name": "Lan"])) == Sent("hi", isLast: false))
        #expect(admit([:]) == .fail("a card's title is empty for this person"))
        let long = String(repeating: "x", count: 81)
        #expect(admit(["full_name": long]) == .fail("a card's title has 81 characters for this person, over 80"))
        #expect(
            admit(["full_name": "Lan", "city": long])
                == .fail("a card's subtitle has 81 characters for this person, over 80")
        )
    }

    @Test func `a text that is empty for this person fails`() {
        let sequence = DripSequence.make(steps: [.named])
        #expect(admit(.make("named"), at: .start, sequence) == .fail("the text is empty for this person"))
    }

    @Test(arguments: [([Button](), 1999), ([Button(title: "Xem", action: .url("https://example.com"))], 640)])
    func `a text has as many characters as the platform takes`(buttons: [Button], limit: Int) {
        let sequence = DripSequence.make(steps: [
            .make("named", Offset(0, .second), text: [.variable(name: "full_name", fallback: nil)], buttons: buttons)
        ])
        // Counted in Unicode scalars: here each letter is a base and two marks.
        let name = String(repeating: "e\u{302}\u{301}", count: 700)
        for count in [limit, limit + 1] {
            let text = String(String.UnicodeScalarView(name.unicodeScalars.prefix(count)))
            let person = Person.make(attributes: ["full_name": text], windowEnds: .start + .hours(24))
            let admission = admit(.make("named", of: person), at: .start, sequence)
            if count == limit {
                #expect(isSent(admission))
            } else {
                #expect(admission == .fail("the text has \(count) characters for this person, over \(limit)"))
            }
        }
    }

    private func admit(_ job: Job, at now: Instant, _ sequence: DripSequence = .make(steps: .care)) -> Admission {
        var catalog = Catalog(zone: .hoChiMinh, sequences: [sequence])
        let rules = ChannelRules(
            name: .messenger,
            noun: "Messenger",
            policy: .conversation,
            limits: ContentLimits(text: 1_999, textWithButtons: 640, cardTitle: 80, cardSubtitle: 80)
        )
        catalog.channels = [ConfiguredChannel(rules: rules, accounts: [])]
        return catalog.admit(job, now: now)
    }

    private struct Sent: Equatable {
        let what: String
        let isLast: Bool

        init(_ what: String, isLast: Bool) {
            self.what = what
            self.isLast = isLast
        }
    }

    private func sent(_ admission: Admission) -> Sent? {
        guard case .send(let dispatch) = admission else { return nil }
        switch dispatch.message.content {
        case .text(let text, _): return Sent(text, isLast: dispatch.isLast)
        case .images(let images): return Sent("\(images.count) images", isLast: dispatch.isLast)
        case .video: return Sent("video", isLast: dispatch.isLast)
        case .audio: return Sent("audio", isLast: dispatch.isLast)
        case .file: return Sent("file", isLast: dispatch.isLast)
        case .cards(let cards): return Sent("\(cards.count) cards", isLast: dispatch.isLast)
        case .template(let template): return Sent(template.name, isLast: dispatch.isLast)
        case .ofChannel(let message): return Sent(message.channel.rawValue, isLast: dispatch.isLast)
        }
    }

    private func isSent(_ admission: Admission) -> Bool {
        sent(admission) != nil
    }
}

extension Step {
    fileprivate static let parts = Step.make(
        "parts",
        Offset(0, .second),
        text: [.literal("hi")],
        images: [.url("https://example.com/1.jpg"), .url("https://example.com/2.jpg")],
        video: .url("https://example.com/v.mp4")
    )

    fileprivate static let named = Step.make(
        "named",
        Offset(0, .second),
        text: [.variable(name: "full_name", fallback: nil)]
    )
}
