import DripCore
import Foundation
import TestSupport
import Testing

@testable import DripEngine

/// One person's way in virtual time. It starts on a Monday, 10:00 in Ho Chi Minh City.
@Suite struct SimulationTests {
    @Test func `somebody who stays silent`() async throws {
        #expect(
            try await lines(.make(steps: .care)) == [
                "Mon 10:00 started first_message",
                "Mon 10:15 sent hello",
                "Tue 06:00 sent day",
                "Mon 10:00 waits week window until Tue 10:00",
                "Tue 10:00 skipped week window_closed due Mon 10:00",
                "Tue 10:00 ended finished",
                "over",
            ]
        )
    }

    @Test func `somebody who writes in time gets what waited for them`() async throws {
        let reply = Scenario.Reply(after: Offset(170, .hour), text: "hi")
        #expect(
            try await lines(.make(steps: .care), replies: [reply]).suffix(5) == [
                "Mon 10:00 waits week window until Tue 10:00",
                "Mon 12:00 wrote hi",
                "Mon 12:00 sent week due Mon 10:00",
                "Mon 12:00 ended finished",
                "over",
            ]
        )
    }

    @Test func `quiet hours and off days say what they moved`() async throws {
        let sequence = DripSequence.make(
            quiet: QuietHours(start: 9 * 60 + 30, end: 10 * 60 + 30),
            days: Weekdays([.mon, .wed, .thu]),
            steps: [.text("hello", 15, .minute), .text("day", 1, .day)]
        )
        let timeline = try await Simulation(scenario(sequence)).run()
        let moves = timeline.entries.compactMap(\.moved)
        #expect(moves.map { clock($0.from) } == ["Mon 10:15", "Tue 10:00", "Tue 10:00"])
        #expect(
            moves.map(\.by) == [
                ["quiet: 09:30-10:30"], ["quiet: 09:30-10:30", "days: mon,wed,thu"],
                ["quiet: 09:30-10:30", "days: mon,wed,thu"],
            ]
        )
        #expect(
            lines(timeline) == [
                "Mon 10:00 started first_message",
                "Mon 10:30 sent hello",
                "Wed 10:30 waits day window until Thu 10:30",
                "Thu 10:30 skipped day window_closed due Wed 10:30",
                "Thu 10:30 ended finished",
                "over",
            ]
        )
    }

    @Test func `a step is pulled into the window`() async throws {
        let step = Step.make("day", Offset(1, .day), pullIntoWindow: .minutes(30), text: [.literal("day")])
        #expect(
            try await lines(.make(steps: [step])) == [
                "Mon 10:00 started first_message",
                "Tue 09:54 sent day due Tue 10:00",
                "Tue 09:54 ended finished",
                "over",
            ]
        )
    }

    @Test func `two steps that end at one moment are both told`() async throws {
        let sequence = DripSequence.make(
            quiet: QuietHours(start: 10 * 60, end: 11 * 60 + 30),
            days: Weekdays([.wed, .thu]),
            steps: [.text("b", 15, .minute), .text("a", 1, .hour)]
        )
        #expect(
            try await lines(sequence).filter { $0.contains("skipped") } == [
                "Thu 11:30 skipped b window_closed due Wed 11:30", "Thu 11:30 skipped a window_closed due Wed 11:30",
            ]
        )
    }

    @Test func `a reply ends what stops at one`() async throws {
        let sequence = DripSequence.make(steps: .care) { $0.stop = [.replied] }
        #expect(
            try await lines(sequence, replies: [Scenario.Reply(after: Offset(1, .hour), text: nil)]).suffix(4) == [
                "Mon 11:00 wrote",
                "Mon 11:00 skipped day replied due Tue 06:00",
                "Mon 11:00 ended replied",
                "over",
            ]
        )
    }

    @Test func `a condition that does not hold is named`() async throws {
        let step = Step.make("vip", Offset(1, .hour), onlyIf: .tag("vip"), text: [.literal("vip")])
        let silent = try await Simulation(scenario(.make(steps: [step]))).run()
        #expect(silent.entries.first { $0.kind == .skipped }?.detail == "tag: vip")
        let vip = SimulatedPerson(person: "1", attributes: [:], tags: ["vip"])
        let timeline = try await Simulation(scenario(.make(steps: [step]), person: vip)).run()
        #expect(timeline.count(.sent) == 1)
    }

    @Test func `what is never too late may wait for ever`() async throws {
        let sequence = DripSequence.make(
            late: LateRule(after: .hours(1), then: .send),
            steps: [.text("week", 1, .week)]
        )
        #expect(
            try await lines(sequence) == [
                "Mon 10:00 started first_message", "Mon 10:00 waits week window", "waits",
            ]
        )
    }

    @Test(arguments: [
        (StartRule.ref("tiktok"), "ref: tiktok", "ref:tiktok"),
        (.message([Phrase("Đã share")]), "message: 'Đã share'", "message"),
        (.postback("GO"), "postback: GO", "postback"), (.tag("vip"), "tag: vip", "tag:vip"),
        (.manual, "manual", "manual"),
    ])
    func `a file that no first message starts is started as it says`(
        rule: StartRule,
        name: String,
        cause: String
    ) async throws {
        let person = SimulatedPerson(person: "1", attributes: [:], tags: ["vip"])
        let timeline = try await Simulation(
            scenario(.make(start: [rule], steps: [.text("hello", 15, .minute)]), person: person)
        ).run()
        #expect(timeline.startedBy == name)
        #expect(timeline.entries.first?.reason == cause)
        #expect(timeline.count(.sent) == 1)
    }

    @Test func `the person sees their name, their variant, their buttons`() async throws {
        let hello = Step.make(
            "hello",
            Offset(1, .minute),
            variants: [
                Variant(
                    text: TextTemplate(segments: [.literal("A "), .variable(name: "full_name", fallback: nil)]),
                    weight: 1
                ),
                Variant(
                    text: TextTemplate(segments: [.literal("B "), .variable(name: "full_name", fallback: nil)]),
                    weight: 1
                ),
            ],
            images: [.url("https://example.com/1.jpg")],
            buttons: [
                Button(title: "More", action: .tap(.start("other"))), Button(title: "Menu", action: .postback("MENU")),
            ],
            quickReplies: [QuickReply(title: "Stop", tap: .stop), .phone]
        )
        let timeline = try await Simulation(scenario(.make(steps: [hello]))).run()
        let sent = try #require(timeline.entries.first { $0.kind == .sent })
        let letter = sent.variant == 1 ? "A" : "B"
        #expect(sent.messages.map(\.text) == ["\(letter) Nguyễn Thị Lan", nil])
        #expect(sent.messages.map(\.media) == [[], ["https://example.com/1.jpg"]])
        #expect(sent.messages[0].buttons.map(\.effect) == [.start, .postback])
        #expect(sent.messages[1].quickReplies.map(\.effect) == [.stop, .give])
        #expect(sent.permission == .standardWindow)
    }

    @Test func `files are shown by their paths, years after the start, too`() async throws {
        let step = Step.make("hello", Offset(1, .minute), images: [.file("media/1.jpg", hash: "1")])
        let late = Step.make("late", Offset(24, .month), video: .file("media/2.mp4", hash: "2"))
        let reply = Scenario.Reply(after: Offset(24, .month), text: "hi")
        let timeline = try await Simulation(scenario(.make(steps: [step, late]), replies: [reply])).run()
        let sent = timeline.entries.filter { $0.kind == .sent }
        #expect(sent.map { $0.messages.map(\.media) } == [[["media/1.jpg"]], [["media/2.mp4"]]])
        #expect(timeline.entries.filter { $0.reason == "media" }.isEmpty)
    }

    @Test func `cards are filled for the person`() async throws {
        let title = TextTemplate(segments: [.literal("Áo của "), .variable(name: "full_name", fallback: nil)])
        let card = Card(
            title: title,
            image: "https://example.com/1.jpg",
            url: "https://example.com",
            buttons: [Button(title: "Mua", action: .tap(.tag("mua")))]
        )
        let step = Step.make("hello", Offset(1, .minute), cards: [card])
        let timeline = try await Simulation(scenario(.make(steps: [step]))).run()
        let sent = try #require(timeline.entries.first { $0.kind == .sent }?.messages.first)
        #expect(sent.kind == .cards)
        #expect(
            sent.cards == [
                SentMessage.Card(
                    title: "Áo của Nguyễn Thị Lan",
                    subtitle: nil,
                    image: "https://example.com/1.jpg",
                    url: "https://example.com",
                    buttons: [SentMessage.Choice(title: "Mua", effect: .tag, target: "mua")]
                )
            ]
        )
    }

    @Test func `the same scenario gives the same timeline`() async throws {
        let scenario = scenario(.make(steps: .care), replies: [Scenario.Reply(after: Offset(3, .day), text: nil)])
        #expect(try await Simulation(scenario).run() == Simulation(scenario).run())
    }

    @Test func `times are those of the person's own zone`() async throws {
        let sequence = DripSequence.make(quiet: QuietHours(start: 0, end: 8 * 60), steps: [.text("hello", 15, .minute)])
        let person = SimulatedPerson(person: "1", attributes: [:], zone: "Europe/Berlin")
        let timeline = try await Simulation(scenario(sequence, person: person)).run()
        #expect(timeline.zone == "Europe/Berlin")
        // 04:15 there.
        #expect(timeline.entries.first { $0.kind == .sent }?.at == moment("2027-01-04T07:00:00Z"))
    }

    @Test func `a sequence of another page is refused`() async throws {
        let person = SimulatedPerson(page: "2", person: "1", attributes: [:])
        let sequence = DripSequence.make(steps: .care) { $0.pages = ["1"] }
        await #expect(throws: SimulationError.otherPage(sequence: "care", page: "2")) {
            try await Simulation(scenario(sequence, person: person)).run()
        }
        #expect(try await Simulation(scenario(sequence)).run().count(.sent) == 2)
    }

    @Test func `a sequence that begins itself again and again is cut off`() async throws {
        let sequence = DripSequence.make(
            start: [.firstMessage, .message([Phrase("again")])],
            again: .always,
            steps: [.text("hello", 15, .minute)]
        )
        let replies = [
            Scenario.Reply(after: Offset(1, .hour), text: "Again"),
            Scenario.Reply(after: Offset(156, .month), text: nil),
        ]
        let timeline = try await Simulation(scenario(sequence, replies: replies)).run()
        #expect(timeline.count(.started) == 2)
        #expect(timeline.end == .cut)
    }

    @Test func `what ends at one moment is in the order in which it was due`() async throws {
        let steps: [Step] = ["d", "c", "b", "a"].enumerated().map { index, name in
            .make(name, Offset(index + 1, .minute), onlyIf: .tag("vip"), text: [.literal(name)])
        }
        let sequence = DripSequence.make(quiet: QuietHours(start: 9 * 60 + 30, end: 10 * 60 + 30), steps: steps)
        #expect(
            try await lines(sequence) == [
                "Mon 10:00 started first_message",
                "Mon 10:30 skipped d condition",
                "Mon 10:30 skipped c condition",
                "Mon 10:30 skipped b condition",
                "Mon 10:30 skipped a condition",
                "Mon 10:30 ended finished",
                "over",
            ]
        )
    }

    @Test func `what quiet hours bring together goes out as far apart as the file has it, or an hour`() async throws {
        let sequence = DripSequence.make(
            quiet: QuietHours(start: 9 * 60 + 30, end: 14 * 60),
            steps: [.text("a", 5, .minute), .text("b", 15, .minute), .text("c", 2, .hour), .text("d", 3, .hour)]
        )
        #expect(
            try await lines(sequence) == [
                "Mon 10:00 started first_message",
                "Mon 14:00 sent a",
                "Mon 14:00 waits b gap until Mon 14:10",
                "Mon 14:10 sent b due Mon 14:00",
                "Mon 14:10 waits c gap until Mon 15:10 due Mon 14:00",
                "Mon 15:10 sent c due Mon 14:00",
                "Mon 15:10 waits d gap until Mon 16:10 due Mon 14:00",
                "Mon 16:10 sent d due Mon 14:00",
                "Mon 16:10 ended finished",
                "over",
            ]
        )
    }

    private func scenario(
        _ sequence: DripSequence,
        person: SimulatedPerson = .standard,
        replies: [Scenario.Reply] = []
    ) -> Scenario {
        Scenario(
            sequence: sequence,
            catalog: Catalog(zone: .hoChiMinh, sequences: [sequence]),
            person: person,
            start: .start,
            replies: replies
        )
    }

    private func lines(_ sequence: DripSequence, replies: [Scenario.Reply] = []) async throws -> [String] {
        lines(try await Simulation(scenario(sequence, replies: replies)).run())
    }

    private func lines(_ timeline: Timeline) -> [String] {
        timeline.entries.map { entry in
            let until = entry.until.map { "until \(clock($0))" }
            let due = entry.due.flatMap { $0 == entry.at ? nil : "due \(clock($0))" }
            return [clock(entry.at), entry.kind.rawValue, entry.step, entry.reason, entry.text, until, due]
                .compactMap(\.self).joined(separator: " ")
        } + [timeline.end.rawValue]
    }

    private func clock(_ instant: Instant) -> String {
        let calendar = LocalCalendar(.hoChiMinh)
        let day = "\(calendar.weekday(instant))"
        return "\(day.prefix(1).uppercased())\(day.dropFirst()) \(TimeOfDay.text(calendar.minuteOfDay(instant)))"
    }
}
