import DripCore
import Foundation
import TestSupport
import Testing

/// `moved`: who got a step under its old name has got it.
@Suite struct MovedStepTests {
    @Test func `a step of the ledger counts under the name that it has now`() {
        let sequence = renamed([Move(from: "day", to: "ngay")], [.text("ngay", 2, .day), .text("week", 1, .week)])
        #expect(next(sequence, over: ["day"]) == "week")
        #expect(next(sequence, over: ["ngay"]) == "week")
        #expect(next(sequence, over: []) == "ngay")
        #expect(sequence.step("day")?.id == "ngay")
    }

    @Test func `without it the new name is another step`() {
        #expect(next(renamed([], [.text("ngay", 2, .day)]), over: ["day"]) == "ngay")
    }

    @Test(arguments: [
        [Move(from: "a", to: "b"), Move(from: "b", to: "c")], [Move(from: "b", to: "c"), Move(from: "a", to: "b")],
    ])
    func `a name may have changed more than once`(moves: [Move]) {
        let sequence = renamed(moves, [.text("c", 2, .day)])
        #expect(["a", "b", "c", "d"].map(sequence.currentName) == ["c", "c", "c", "d"])
        #expect(next(sequence, over: ["a"]) == nil)
        #expect(next(sequence, over: ["b"]) == nil)
        #expect(next(sequence, over: ["d"]) == "c")
    }

    @Test func `two steps that became one are over when either is`() {
        let moves = [Move(from: "a", to: "c"), Move(from: "b", to: "c")]
        #expect(next(renamed(moves, [.text("c", 2, .day)]), over: ["b"]) == nil)
    }

    @Test func `a circle ends`() {
        let sequence = renamed([Move(from: "a", to: "b"), Move(from: "b", to: "a")], [.text("c", 2, .day)])
        #expect(next(sequence, over: ["a", "b"]) == "c")
    }

    private func renamed(_ moves: [Move], _ steps: [Step]) -> DripSequence {
        .make(steps: steps) { $0.moved = moves }
    }

    private func next(_ sequence: DripSequence, over: Set<String>) -> String? {
        sequence.next(anchor: .start, position: .days(1), over: over, zone: .hoChiMinh)?.step.id
    }
}
