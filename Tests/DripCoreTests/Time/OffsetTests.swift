import Testing

@testable import DripCore

struct OffsetTests {
    @Test func `offsets are put in order by their nominal length`() {
        let offsets = [
            Offset(59, .second), Offset(1, .minute), Offset(59, .minute), Offset(1, .hour), Offset(23, .hour),
            Offset(1, .day), Offset(6, .day), Offset(1, .week), Offset(30, .day), Offset(1, .month), Offset(31, .day),
            Offset(12, .month), Offset(366, .day), Offset.longest,
        ]
        #expect(offsets.map(\.nominal) == offsets.map(\.nominal).sorted())
        #expect(Set(offsets.map(\.nominal)).count == offsets.count)
        #expect(Offset(1, .day).nominal == Offset(24, .hour).nominal)
        #expect(Offset(1, .week).nominal == Offset(7, .day).nominal)
    }

    @Test(arguments: [
        (Offset(90, .second), "90 s"), (Offset(15, .minute), "15 min"), (Offset(1, .hour), "1 h"),
        (Offset(1, .day), "1 day"), (Offset(15, .day), "15 days"), (Offset(1, .week), "1 week"),
        (Offset(2, .month), "2 months"),
    ])
    func `an offset describes itself as a file would write it`(offset: Offset, text: String) {
        #expect(offset.description == text)
    }
}
