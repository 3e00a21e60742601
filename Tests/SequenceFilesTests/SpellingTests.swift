import Testing

@testable import SequenceFiles

struct SpellingTests {
    private let words = ["sequence", "start", "steps", "stop", "text", "title"]

    @Test(arguments: [
        ("stpes", "steps"), ("step", "steps"), ("sequnce", "sequence"), ("TEXT", "text"), ("tetx", "text"),
        ("titel", "title"), ("seq", "sequence"), ("stat", "start"),
    ])
    func `the nearest word is found`(typed: String, meant: String) {
        #expect(Spelling.nearest(to: typed, of: words) == meant)
    }

    @Test(arguments: ["colour", "x", "", "sequel-of-sequences", String(repeating: "t", count: 10_000)])
    func `a word that is near to none has no suggestion`(typed: String) {
        #expect(Spelling.nearest(to: typed, of: words) == nil)
    }

    @Test(arguments: [
        ("", "abc", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("abc", "xbc", 1), ("ca", "abc", 3),
        ("kitten", "sitting", 3),
    ])
    func `a slip counts one, also two neighbours that changed places`(left: String, right: String, distance: Int) {
        #expect(Spelling.distance(Array(left), Array(right)) == distance)
        #expect(Spelling.distance(Array(right), Array(left)) == distance)
    }

    @Test func `the form of a letter in Unicode is not its spelling`() {
        #expect(Spelling.distance(Array("phu\u{301}t"), Array("ph\u{fa}t")) == 0)
    }
}
