import TestSupport
import Testing

@testable import DripCore

/// What a reviewer reads of two versions of a file.
@Suite struct SequenceDifferenceTests {
    @Test func `a new sequence, and one that is in no file any more`() {
        let new = SequenceDifference(before: nil, after: .make(steps: .care)).plan
        #expect(new.change == .added)
        #expect(new.settings == ["start: first_message"])
        #expect(new.steps.map(\.step) == ["hello", "day", "week"])
        #expect(SequenceDifference(before: .make(steps: .care), after: nil).plan.change == .removed)
    }

    @Test func `another picture of the same name is another picture, as far as both are known`() {
        func sequence(_ hash: String?, _ video: String? = "v") -> DripSequence {
            .make(steps: [
                .make("a", Offset(1, .day), images: [.file("a.jpg", hash: hash)], video: .file("a.mp4", hash: video))
            ])
        }
        func changes(_ before: DripSequence, _ after: DripSequence) -> [[String]] {
            SequenceDifference(before: before, after: after).plan.steps.map(\.content)
        }
        #expect(changes(sequence("a"), sequence("b")) == [["images"]])
        #expect(changes(sequence("a"), sequence("b", "w")) == [["images", "video"]])
        #expect(changes(sequence("a"), sequence("a")) == [])
        // A copy of the state lies beside no files.
        #expect(changes(sequence(nil), sequence("b")) == [])
        let other = DripSequence.make(steps: [.make("a", Offset(1, .day), images: [.file("b.jpg", hash: nil)])])
        #expect(changes(sequence(nil), other) == [["images", "video"]])
    }

    @Test func `typing and persona`() {
        let changed = Step.make("a", Offset(1, .day), typing: .seconds(3), persona: "42", text: [.literal("a")])
        let plan = SequenceDifference(before: .make(steps: [.text("a", 1, .day)]), after: .make(steps: [changed])).plan
        #expect(plan.steps.map(\.content) == [["typing", "persona"]])
    }

    @Test func `other cards`() {
        func sequence(_ title: String) -> DripSequence {
            let card = Card(title: TextTemplate(segments: [.literal(title)]), url: "https://example.com")
            return .make(steps: [.make("a", Offset(1, .day), cards: [card])])
        }
        let plan = SequenceDifference(before: sequence("a"), after: sequence("b")).plan
        #expect(plan.steps.map(\.content) == [["cards"]])
    }

    @Test func `the version of a sequence is its file, its zone and the files beside it`() {
        func version(_ media: Media) -> String {
            let sequence = DripSequence(
                id: "a",
                title: "a",
                start: [.manual],
                steps: [.make("a", Offset(1, .day), images: [media])],
                hash: "0a1b"
            )
            return Catalog(zone: .berlin, sequences: [sequence]).version(of: sequence)
        }
        #expect(version(.url("https://example.com/a.jpg")) == "0a1b Europe/Berlin")
        #expect(version(.file("a.jpg", hash: "1")).hasPrefix("0a1b Europe/Berlin "))
        #expect(version(.file("a.jpg", hash: "1")) != version(.file("a.jpg", hash: "2")))
    }

    @Test func `steps that are added, removed, moved, renamed and rewritten`() {
        let before = DripSequence.make(steps: .care + [.text("month", 1, .month)])
        let after = DripSequence.make(
            steps: [
                .make("hello", Offset(15, .minute), text: [.literal("Hi")]), .text("tomorrow", 20, .hour),
                .text("two", 2, .day), .text("month", 1, .month, at: 540),
            ]
        ) { $0.moved = [Move(from: "day", to: "tomorrow")] }
        #expect(
            SequenceDifference(before: before, after: after).plan.steps == [
                StepPlan(
                    step: "week",
                    changes: [.removed],
                    before: "1 week",
                    after: nil,
                    renamedFrom: nil,
                    content: []
                ),
                StepPlan(
                    step: "hello",
                    changes: [.changed],
                    before: "15 min",
                    after: "15 min",
                    renamedFrom: nil,
                    content: ["text"]
                ),
                StepPlan(
                    step: "tomorrow",
                    changes: [.renamed, .changed],
                    before: "20 h",
                    after: "20 h",
                    renamedFrom: "day",
                    content: ["text"]
                ),
                StepPlan(
                    step: "two",
                    changes: [.added],
                    before: nil,
                    after: "2 days",
                    renamedFrom: nil,
                    content: []
                ),
                StepPlan(
                    step: "month",
                    changes: [.moved],
                    before: "1 month",
                    after: "1 month at 09:00",
                    renamedFrom: nil,
                    content: []
                ),
            ]
        )
    }

    @Test func `settings read as they stand in the file`() {
        let before = DripSequence.make(steps: .care)
        let after = DripSequence.make(
            again: .after(Offset(90, .day)),
            zone: .berlin,
            quiet: QuietHours(start: 1290, end: 480),
            days: Weekdays([.mon, .sat]),
            late: LateRule(after: .hours(12), then: .send),
            steps: .care
        ) { sequence in
            sequence.stop = [.optedOut, .tag("bought"), .replied, .sequence("tu-van")]
            sequence.pauseOnHuman = nil
            sequence.purpose = .promotion
            sequence.pages = ["2", "1"]
            sequence.onEdit = .pin
            sequence.extend = .finished
        }
        #expect(
            SequenceDifference(before: before, after: after).plan.settings == [
                "again: never → after 90 days",
                "stop: none → opted_out, tag: bought, replied, sequence: tu-van",
                "pause_on_human: 1 day → never",
                "purpose: care → promotion",
                "pages: all → 1, 2",
                "timezone: configured → Europe/Berlin",
                "quiet: none → 21:30-08:00",
                "days: mon,tue,wed,thu,fri,sat,sun → mon,sat",
                "late: after 1 day skip → after 12 h send",
                "on_edit: follow → pin",
                "extend: active → finished",
            ]
        )
    }

    @Test func `a step that left and a new one in its place look like a new name`() {
        let before = DripSequence.make(steps: .care)
        let after = DripSequence.make(steps: [
            .text("hello", 15, .minute), .text("tomorrow", 20, .hour), .text("week", 1, .week),
        ])
        #expect(
            SequenceDifference(before: before, after: after).plan.warnings == [
                "day is removed and tomorrow added: if that is a new name, write moved: [{from: day, to: tomorrow}], "
                    + "or people who had it may get it twice"
            ]
        )
    }

    @Test func `a new name that the file no longer explains`() {
        let steps = [Step.text("hello", 15, .minute), .text("tomorrow", 20, .hour)]
        let before = DripSequence.make(steps: steps) { $0.moved = [Move(from: "day", to: "tomorrow")] }
        #expect(
            SequenceDifference(before: before, after: .make(steps: steps)).plan.warnings == [
                "'moved' no longer says that day became tomorrow: for people who got it as day, tomorrow counts as not sent"
            ]
        )
    }
}
