import DripCore
import Foundation
import TestSupport
import Testing

/// What enrols somebody, besides the first message and a ref.
@Suite struct StartRuleTests {
    @Test(arguments: [
        "Đã share", "đã SHARE", "  Đã share\n", "\u{110}a\u{303} share", "\u{a0}Đã share\u{3000}",
        "Đã  share", "Đã\u{A0}share", "Đã share\u{200B}", "Ðã share", "Đã share!",
    ])
    func `a message starts that says the phrase, whatever its case, its form, its spaces and the punctuation around it`(
        text: String
    ) {
        #expect(says(text) == ["enroll care 1 message"])
        // The file may be the one that is written in the other form.
        let decomposed = DripSequence.make(start: [.message([Phrase("đa\u{303} share")])], steps: .care)
        #expect(Decision([decomposed], .message("1", text: text)).effects == ["enroll care 1 message"])
    }

    @Test(arguments: ["Đã share rồi", "mình Đã share", "Da share", "Đãshare", "", " "])
    func `a message that says more, less or something else does not`(text: String) {
        #expect(says(text) == [])
    }

    @Test func `any of the phrases will do, and a message without text is none of them`() {
        let sequence = DripSequence.make(start: [.message([Phrase("a"), Phrase("b")])], steps: .care)
        #expect(Decision([sequence], .message("1", text: "B")).effects == ["enroll care 1 message"])
        #expect(Decision([sequence], .message("1", text: nil)).effects == [])
    }

    @Test func `a postback starts by its payload, to the letter`() {
        let sequence = DripSequence.make(start: [.postback("GET_STARTED")], steps: .care)
        func tap(_ payload: String?) -> [String] {
            Decision([sequence], .of(.postback(payload: payload, ref: nil), key: "k")).effects
        }
        #expect(tap("GET_STARTED") == ["enroll care 1 postback"])
        #expect(tap("get_started") == [])
        #expect(tap(nil) == [])
        // What a quick reply carries is no postback.
        #expect(Decision([sequence], .message("1", payload: "GET_STARTED")).effects == [])
    }

    @Test func `a tag starts, when a tap on a quick reply gives it`() {
        let sequence = DripSequence.make(start: [.tag("vip")], steps: .care)
        #expect(
            Decision([sequence], .message("1", payload: "dripd/tag/vip")).effects
                == ["tag vip", "enroll care 1 tag:vip"]
        )
        #expect(Decision([sequence], .message("1", payload: "dripd/tag/other")).effects == ["tag other"])
        #expect(Decision([sequence], .message("1", payload: "vip")).effects == [])
    }

    @Test func `a tag that the person has already starts nothing`() {
        let sequence = DripSequence.make(start: [.tag("vip")], again: .always, steps: .care)
        let person = Person.make(firstMessageAt: .start, tags: ["vip"])
        #expect(Decision([sequence], .message("1", payload: "dripd/tag/vip"), of: person).effects == [])
        #expect(Decision(tag: "vip", [sequence], of: person).effects == [])
    }

    @Test func `a tag given by hand starts, too`() {
        let sequence = DripSequence.make(start: [.tag("vip")], steps: .care)
        #expect(Decision(tag: "vip", [sequence], of: .make()).effects == ["tag vip", "enroll care 1 tag:vip"])
    }

    @Test func `a tap on one of our buttons starts a sequence that says nothing of it`() {
        let sequence = DripSequence.make("tu-van", start: [.manual], steps: .care)
        let tap = Event.of(.postback(payload: "dripd/start/tu-van", ref: nil), key: "k")
        #expect(Decision([sequence], tap).effects == ["enroll tu-van 1 button"])
        #expect(Decision([sequence], tap, underWay: ["tu-van"]).effects == [])
        let unknown = Event.of(.postback(payload: "dripd/start/other", ref: nil), key: "k")
        #expect(Decision([sequence], unknown).effects == [])
    }

    @Test(arguments: ["dripd/stop/now", "dripd/start", "dripd/tag", "dripd", "DRIPD/stop", "xdripd/stop"])
    func `a payload that only looks like ours does nothing`(payload: String) {
        #expect(Decision([.make(steps: .care)], .message("1", payload: payload)).effects == [])
    }

    @Test func `a tap on stop ends everything and starts nothing`() {
        let sequences = [
            DripSequence.make("a", start: [.message([Phrase("Dừng")])], steps: .care),
            .make("b", steps: .care) { $0.stop = [.replied] },
        ]
        let tap = Decision(sequences, .message("1", text: "Dừng", payload: "dripd/stop"), underWay: ["b"])
        #expect(tap.changes.last == .stop(at: .start))
        #expect(tap.effects == ["stop"])
    }

    @Test func `what somebody taps who asked to get nothing more gives no tag and starts nothing`() {
        let sequence = DripSequence.make(start: [.tag("vip")], steps: .care)
        let person = Person.make(firstMessageAt: .start, stoppedAt: .start - .days(1))
        for payload in ["dripd/tag/vip", "dripd/start/care"] {
            #expect(Decision([sequence], .message("1", payload: payload), of: person).effects == [])
        }
    }

    @Test func `a sequence is for the pages that it names`() {
        let ours = DripSequence.make("a", steps: .care) { $0.pages = ["777", Event.testPage] }
        let theirs = DripSequence.make("b", start: [.firstMessage, .tag("vip")], steps: .care) { $0.pages = ["777"] }
        #expect(Decision([ours, theirs], .message("1"), of: .make()).effects == ["enroll a 1 first_message"])
        #expect(Decision([theirs], .message("1", payload: "dripd/start/b")).effects == [])
        #expect(Decision([theirs], .message("1", payload: "dripd/tag/vip")).effects == ["tag vip"])
    }

    @Test func `again counts for a button and a tag as for any other start`() {
        let never = DripSequence.make(start: [.tag("vip")], steps: .care)
        let after = DripSequence.make(start: [.tag("vip")], again: .after(Offset(90, .day)), steps: .care)
        let once = ["care": Round(number: 1, anchor: .start - .days(90), underWay: false)]
        for payload in ["dripd/start/care", "dripd/tag/vip"] {
            let tap = Event.message("1", payload: payload)
            #expect(!Decision([never], tap, rounds: once).effects.contains { $0.hasPrefix("enroll") })
            #expect(Decision([after], tap, rounds: once).effects.last?.hasPrefix("enroll care 2") == true)
            let early = Decision([after], tap, at: .start - Milliseconds(1), rounds: once)
            #expect(!early.effects.contains { $0.hasPrefix("enroll") })
        }
    }

    @Test func `an enrollment is pinned to its version where the file says so`() {
        let pinned = DripSequence.make(steps: .care) { $0.onEdit = .pin }
        let event = Event.message("1")
        func version(_ sequence: DripSequence) -> String? {
            for case .enroll(let new) in Decision([sequence], event, of: .make()).changes { return new.version }
            return nil
        }
        #expect(version(pinned) == pinned.hash)
        #expect(version(.make(steps: .care)) == nil)
    }

    @Test func `a human's echo is noted for a known person, and opens no window`() {
        let echo = Event.echo("m_1", of: nil)
        #expect(Decision([.make(steps: .care)], echo).changes == [.humanWrote(at: .start)])
        #expect(Decision([.make(steps: .care)], echo, of: nil).changes == [])
        let robot = Event.of(.echo(messageID: "m_1", delivery: nil, isHuman: false), key: "k")
        #expect(Decision([.make(steps: .care)], robot).changes == [])
    }

    private func says(_ text: String) -> [String] {
        let sequence = DripSequence.make(start: [.message([Phrase("Đã share")])], steps: .care)
        return Decision([sequence], .message("1", text: text)).effects
    }
}
