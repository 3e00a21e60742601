import DripCore
import Foundation
import TestSupport
import Testing

/// A comment on a post of the page enrols its author; it opens no window, and has one private reply.
@Suite struct CommentStartTests {
    private let miniGame = DripSequence.make(
        "mini-game",
        start: [.comment(CommentRule(contains: [Phrase("Đã share"), Phrase("done")], post: "1_2"))],
        steps: .care
    )

    @Test(arguments: [
        "Đã share", "mình ĐÃ SHARE rồi nhé!", "\u{110}a\u{303} share", "DONE ạ", "Đã  share", "Đã\u{A0}share\u{200B}",
    ])
    func `one that contains a phrase, whatever its case and its accents' form, starts`(text: String) {
        #expect(effects(of: text) == ["enroll mini-game 1 comment"])
    }

    @Test(arguments: ["Da share", "Đãshare", "", nil])
    func `one that does not, or has no text, starts nothing`(text: String?) {
        #expect(effects(of: text) == [])
    }

    @Test func `one below another post starts nothing, unless the file says no post`() {
        #expect(effects(of: "Đã share", post: "1_3") == [])
        #expect(effects(of: "Đã share", post: nil) == [])
        let anywhere = DripSequence.make(
            start: [.comment(CommentRule(contains: [Phrase("share")], post: nil))],
            steps: .care
        )
        #expect(effects(of: "share", post: "1_3", [anywhere]) == ["enroll care 1 comment"])
    }

    @Test func `below one post any comment will do, if the file says nothing else`() {
        let sequence = DripSequence.make(start: [.comment(CommentRule(contains: [], post: "1_2"))], steps: .care)
        #expect(effects(of: nil, [sequence]) == ["enroll care 1 comment"])
    }

    @Test func `it opens no window, is no answer and no first message`() {
        let all = DripSequence.make("all", start: [.firstMessage], steps: .care)
        let event = comment("Đã share")
        let changes = Decision([all, miniGame], event, of: .make(), underWay: []).changes
        #expect(changes.count == 1)
        #expect(!event.kind.opensWindow)
        #expect(!event.kind.isReply)
    }

    @Test func `it has one reply, so it starts one sequence, the first by name that it may start`() {
        let second = DripSequence.make("z-game", start: miniGame.start, steps: .care)
        #expect(effects(of: "Đã share", [second, miniGame]) == ["enroll mini-game 1 comment"])
        #expect(
            effects(of: "Đã share", [second, miniGame], underWay: ["mini-game"]) == ["enroll z-game 1 comment"]
        )
    }

    @Test func `one that has begun too often gives way to the next by name, too`() {
        let first = DripSequence.make("mini-game", start: miniGame.start, again: .always, steps: .care)
        let second = DripSequence.make("z-game", start: miniGame.start, steps: .care)
        let often = ["mini-game": Round(number: 30, anchor: .start - .hours(1), underWay: false, startsToday: 20)]
        #expect(
            Decision([first, second], comment("Đã share"), rounds: often).effects
                == ["begun too often: mini-game", "enroll z-game 1 comment"]
        )
    }

    @Test func `whoever wants nothing more gets nothing`() {
        #expect(Decision([miniGame], comment("Đã share"), of: .make(stoppedAt: .start)).effects == [])
    }

    @Test func `the author's name is kept where none is known`() {
        let event = comment("Đã share", author: "Trần Lan")
        #expect(
            Decision([miniGame], event, of: .make()).effects
                == ["full_name Trần Lan", "enroll mini-game 1 comment"]
        )
        let known = Person.make(attributes: ["full_name": "Lan"])
        #expect(Decision([miniGame], event, of: known).effects == ["enroll mini-game 1 comment"])
    }

    @Test func `a comment that no sequence of the page waits for is nobody's`() {
        let catalog = Catalog(zone: .hoChiMinh, sequences: [miniGame])
        let waited = Comment(id: "1_9", post: "1_2", text: "Đã share", author: nil)
        let other = Comment(id: "1_9", post: "1_2", text: "đẹp quá", author: nil)
        #expect(catalog.isAwaited(waited, page: "1"))
        #expect(!catalog.isAwaited(other, page: "1"))
        let elsewhere = DripSequence.make(start: miniGame.start, steps: .care) { $0.pages = ["2"] }
        #expect(!Catalog(zone: .hoChiMinh, sequences: [elsewhere]).isAwaited(waited, page: "1"))
    }

    private func effects(
        of text: String?,
        post: String? = "1_2",
        _ sequences: [DripSequence]? = nil,
        underWay: [String] = []
    ) -> [String] {
        Decision(sequences ?? [miniGame], comment(text, post: post), underWay: underWay).effects
    }

    private func comment(_ text: String?, post: String? = "1_2", author: String? = nil) -> Event {
        .of(.comment(Comment(id: "1_9", post: post, text: text, author: author)), key: "c:1_9")
    }
}
