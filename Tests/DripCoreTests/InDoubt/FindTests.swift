import DripCore
import TestSupport
import Testing

/// What a conversation says of a message in doubt: the request left at minute 0, and the doubt began half a minute later.
@Suite struct FindTests {
    /// A message of the page, or of the person.
    struct Line: Sendable {
        let at: Milliseconds
        var text: String?
        var id = "m_new"
        var isFromPerson = false
        var attachments: [Conversation.Message.Attachment] = []
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let expectedMessage: ExpectedMessage
        /// Besides a message of the person from an hour before.
        let lines: [Line]
        /// What was read tells everything since so long before the request.
        var reach = Milliseconds.hours(1)
        var readAfter = Milliseconds.minutes(11)
        /// What the platform's clock is ahead.
        var ahead: Milliseconds? = .zero
        let finding: MatchResult
    }

    private static let picture = Conversation.Message.Attachment(kinds: [.image, .file])
    private static let video = Conversation.Message.Attachment(kinds: [.video, .file])
    private static let file = Conversation.Message.Attachment(kinds: [.audio, .file])
    private static let unknownKind = Conversation.Message.Attachment(kinds: nil)
    private static func card(_ text: String?) -> Conversation.Message.Attachment { .init(kinds: [], text: text) }

    private static let text = ExpectedMessage.text("Chào Lan! Shop đây ạ.", hasButtons: false)
    private static let buttons = ExpectedMessage.text("Chào Lan! Shop đây ạ.", hasButtons: true)
    private static let same = "Chào Lan! Shop đây ạ."

    private static let found: [Case] = [
        Case(
            testDescription: "two pictures where two were sent",
            expectedMessage: .media(.image, count: 2),
            lines: [Line(at: .seconds(2), attachments: [picture, picture])],
            finding: .found(messageID: "m_new")
        ),
        Case(
            testDescription: "a video where a video was sent",
            expectedMessage: .media(.video, count: 1),
            lines: [Line(at: .seconds(2), attachments: [video])],
            finding: .found(messageID: "m_new")
        ),
        Case(
            testDescription: "a file where a file was sent",
            expectedMessage: .media(.file, count: 1),
            lines: [Line(at: .seconds(2), attachments: [file])],
            finding: .found(messageID: "m_new")
        ),
        Case(
            testDescription: "the words of the cards",
            expectedMessage: .cards(["Áo", "Mới", "Quần", ""]),
            lines: [Line(at: .seconds(2), attachments: [card("Áo Mới"), card("Quần")])],
            finding: .found(messageID: "m_new")
        ),
        Case(
            testDescription: "buttons that are shown as a card",
            expectedMessage: buttons,
            lines: [Line(at: .seconds(2), attachments: [card(same)])],
            finding: .found(messageID: "m_new")
        ),
        Case(
            testDescription: "the same text",
            expectedMessage: text,
            lines: [Line(at: .seconds(2), text: same)],
            finding: .found(messageID: "m_new")
        ),
        Case(
            testDescription: "the same text with other white space and its accents in another form",
            expectedMessage: text,
            lines: [Line(at: .seconds(2), text: " Cha\u{300}o Lan!\nShop\u{a0}\u{111}a\u{302}y a\u{323}. ")],
            finding: .found(messageID: "m_new")
        ),
        Case(
            testDescription: "the same text with something attached, as a link's preview",
            expectedMessage: text,
            lines: [Line(at: .seconds(2), text: same, attachments: [picture])],
            finding: .found(messageID: "m_new")
        ),
        Case(
            testDescription: "the text of a message with buttons",
            expectedMessage: buttons,
            lines: [Line(at: .seconds(2), text: same, attachments: [picture])],
            finding: .found(messageID: "m_new")
        ),
        Case(
            testDescription: "the platform's clock is a little behind",
            expectedMessage: text,
            lines: [Line(at: .seconds(-110), text: same)],
            finding: .found(messageID: "m_new")
        ),
        Case(
            testDescription: "shown late",
            expectedMessage: text,
            lines: [Line(at: .seconds(620), text: same)],
            finding: .found(messageID: "m_new")
        ),
        Case(
            testDescription: "of two the first, since the other is another's",
            expectedMessage: text,
            lines: [Line(at: .seconds(9), text: same, id: "m_2"), Line(at: .seconds(2), text: same, id: "m_1")],
            finding: .found(messageID: "m_1")
        ),
        Case(
            testDescription: "of two the one that the ledger does not know",
            expectedMessage: text,
            lines: [Line(at: .seconds(9), text: same, id: "m_2"), Line(at: .seconds(2), text: same, id: "m_known")],
            finding: .found(messageID: "m_2")
        ),
        Case(
            testDescription: "whatever else is missing",
            expectedMessage: text,
            lines: [Line(at: .seconds(2), text: same)],
            reach: .zero,
            readAfter: .minutes(1),
            ahead: nil,
            finding: .found(messageID: "m_new")
        ),
    ]

    private static let absent: [Case] = [
        Case(testDescription: "nothing", expectedMessage: text, lines: [], finding: .absent),
        Case(testDescription: "nothing, whatever it was", expectedMessage: .anything, lines: [], finding: .absent),
        Case(
            testDescription: "the platform says no time",
            expectedMessage: text,
            lines: [],
            ahead: nil,
            finding: .absent
        ),
        Case(
            testDescription: "the same text, by the person",
            expectedMessage: text,
            lines: [Line(at: .seconds(2), text: same, isFromPerson: true)],
            finding: .absent
        ),
        Case(
            testDescription: "the same text, known to be another message",
            expectedMessage: text,
            lines: [Line(at: .seconds(2), text: same, id: "m_known")],
            finding: .absent
        ),
        Case(
            testDescription: "another text",
            expectedMessage: text,
            lines: [Line(at: .seconds(2), text: "Bạn cần gì ạ?")],
            finding: .absent
        ),
        Case(
            testDescription: "a picture where a text was sent",
            expectedMessage: text,
            lines: [Line(at: .seconds(2), attachments: [picture])],
            finding: .absent
        ),
        Case(
            testDescription: "a text where pictures were sent",
            expectedMessage: .media(.image, count: 1),
            lines: [Line(at: .seconds(2), text: "Bạn cần gì ạ?")],
            finding: .absent
        ),
        Case(
            testDescription: "a video where pictures were sent",
            expectedMessage: .media(.image, count: 1),
            lines: [Line(at: .seconds(2), attachments: [video])],
            finding: .absent
        ),
        Case(
            testDescription: "other cards",
            expectedMessage: .cards(["Áo", "Mới"]),
            lines: [Line(at: .seconds(2), attachments: [card("Quần Cũ")])],
            finding: .absent
        ),
        Case(
            testDescription: "a picture from before",
            expectedMessage: .media(.image, count: 1),
            lines: [Line(at: .minutes(-3), attachments: [picture])],
            finding: .absent
        ),
    ]

    private static let unknown: [Case] = [
        Case(
            testDescription: "one picture where two were sent",
            expectedMessage: .media(.image, count: 2),
            lines: [Line(at: .seconds(2), attachments: [picture])],
            finding: .unknown(why: "the page's message at 2027-01-04T03:00:02.000Z could be it")
        ),
        Case(
            testDescription: "two messages that look like it",
            expectedMessage: .media(.image, count: 1),
            lines: [
                Line(at: .seconds(2), attachments: [picture]),
                Line(at: .seconds(9), id: "m_other", attachments: [picture]),
            ],
            finding: .unknown(why: "2 messages of the page look like it")
        ),
        Case(
            testDescription: "an attachment of which the platform does not tell what it is",
            expectedMessage: .media(.image, count: 1),
            lines: [Line(at: .seconds(2), attachments: [unknownKind])],
            finding: .unknown(why: "the page's message at 2027-01-04T03:00:02.000Z could be it")
        ),
        Case(
            testDescription: "a picture where a document was sent",
            expectedMessage: .media(.file, count: 1),
            lines: [Line(at: .seconds(2), attachments: [picture])],
            finding: .unknown(why: "the page's message at 2027-01-04T03:00:02.000Z could be it")
        ),
        Case(
            testDescription: "the first of two cards",
            expectedMessage: .cards(["Áo", "Mới", "Quần", "Cũ"]),
            lines: [Line(at: .seconds(2), attachments: [card("Áo Mới")])],
            finding: .unknown(why: "the page's message at 2027-01-04T03:00:02.000Z could be it")
        ),
        Case(
            testDescription: "a card that shows no words",
            expectedMessage: .cards(["Áo", "Mới"]),
            lines: [Line(at: .seconds(2), attachments: [card(nil)])],
            finding: .unknown(why: "the page's message at 2027-01-04T03:00:02.000Z could be it")
        ),
        Case(
            testDescription: "a picture and a text where pictures were sent",
            expectedMessage: .media(.image, count: 1),
            lines: [Line(at: .hours(2), text: "Đây ạ", attachments: [picture])],
            readAfter: .hours(3),
            finding: .unknown(why: "the page's message at 2027-01-04T05:00:00.000Z could be it")
        ),
        Case(
            testDescription: "nothing that can be seen",
            expectedMessage: text,
            lines: [Line(at: .seconds(2))],
            finding: .unknown(why: "the page's message at 2027-01-04T03:00:02.000Z could be it")
        ),
        Case(
            testDescription: "a template that shows no text",
            expectedMessage: buttons,
            lines: [Line(at: .seconds(2), attachments: [picture])],
            finding: .unknown(why: "the page's message at 2027-01-04T03:00:02.000Z could be it")
        ),
        Case(
            testDescription: "anything, where it is not known what was sent",
            expectedMessage: .anything,
            lines: [Line(at: .seconds(-100), text: "Bạn cần gì ạ?")],
            finding: .unknown(why: "the page's message at 2027-01-04T02:58:20.000Z could be it")
        ),
        Case(
            testDescription: "the text without what the platform may leave out",
            expectedMessage: text,
            lines: [Line(at: .seconds(2), text: "CHÀO LAN - Shop đây ạ")],
            finding: .unknown(why: "the page's message at 2027-01-04T03:00:02.000Z could be it")
        ),
        Case(
            testDescription: "the beginning of the text",
            expectedMessage: text,
            lines: [Line(at: .seconds(2), text: "Chào Lan!")],
            finding: .unknown(why: "the page's message at 2027-01-04T03:00:02.000Z could be it")
        ),
        Case(
            testDescription: "the same text, long before",
            expectedMessage: text,
            lines: [Line(at: .minutes(-30), text: same)],
            finding: .unknown(why: "the page wrote the same at another time, 2027-01-04T02:30:00.000Z")
        ),
        Case(
            testDescription: "the same text, long after",
            expectedMessage: text,
            lines: [Line(at: .hours(2), text: same)],
            readAfter: .hours(3),
            finding: .unknown(why: "the page wrote the same at another time, 2027-01-04T05:00:00.000Z")
        ),
        Case(
            testDescription: "what was read begins behind the request",
            expectedMessage: text,
            lines: [],
            reach: .minutes(-1),
            finding: .unknown(why: "the messages that the platform still shows do not reach back to it")
        ),
        Case(
            testDescription: "what was read begins right before the request",
            expectedMessage: text,
            lines: [],
            reach: .minutes(2),
            finding: .unknown(why: "the messages that the platform still shows do not reach back to it")
        ),
        Case(
            testDescription: "too early",
            expectedMessage: text,
            lines: [],
            readAfter: .seconds(629),
            finding: .unknown(why: "the platform may not show it yet")
        ),
        Case(
            testDescription: "the platform's clock is ahead",
            expectedMessage: text,
            lines: [Line(at: .seconds(2), text: same)],
            ahead: .seconds(61),
            finding: .unknown(
                why: "this machine's clock differs from the platform's, which showed 2027-01-04T03:12:01.000Z"
            )
        ),
        Case(
            testDescription: "the platform's clock is behind",
            expectedMessage: text,
            lines: [],
            ahead: .seconds(-61),
            finding: .unknown(
                why: "this machine's clock differs from the platform's, which showed 2027-01-04T03:09:59.000Z"
            )
        ),
    ]

    @Test(arguments: found + absent + unknown)
    func `a conversation`(_ test: Case) {
        let asked = Line(at: .hours(-1), text: "Shop ơi", id: "m_asked", isFromPerson: true)
        let conversation = conversation((test.lines + [asked]), reach: test.reach)
        #expect(find(test.expectedMessage, conversation, test.readAfter, test.ahead) == test.finding)
    }

    @Test func `none, or one without a message, proves nothing`() {
        let nothing = MatchResult.unknown(why: "the platform shows no conversation with this person")
        #expect(find(Self.text, nil, .minutes(11), .zero) == nothing)
        #expect(find(Self.text, conversation([], reach: .days(9000)), .minutes(11), .zero) == nothing)
    }

    @Test(arguments: [[ExpectedMessage.media(.image, count: 1)], [.media(.video, count: 1), nil]])
    func `pictures may be those of another doubt`(othersInDoubt: [ExpectedMessage?]) {
        let conversation = conversation([Line(at: .seconds(2), attachments: [Self.picture])], reach: .hours(1))
        let expectedMessage = ExpectedMessage.media(.image, count: 1)
        let why = "another message to this person that looks the same is in doubt, too"
        #expect(
            find(expectedMessage, conversation, .minutes(11), .zero, othersInDoubt: othersInDoubt) == .unknown(why: why)
        )
        let found = MatchResult.found(messageID: "m_new")
        #expect(
            find(expectedMessage, conversation, .minutes(11), .zero, othersInDoubt: [.media(.video, count: 1)]) == found
        )
        let words = self.conversation([Line(at: .seconds(2), text: Self.same)], reach: .hours(1))
        #expect(find(Self.text, words, .minutes(11), .zero, othersInDoubt: othersInDoubt) == found)
    }

    @Test(arguments: [(Milliseconds.seconds(30), false), (.seconds(-119), false), (.minutes(-3), true)])
    func `pictures may be those that the team sent by hand`(wrote: Milliseconds, isFound: Bool) {
        let conversation = conversation([Line(at: .seconds(2), attachments: [Self.picture])], reach: .hours(1))
        let finding = find(.media(.image, count: 1), conversation, .minutes(11), .zero, humanAt: .start + wrote)
        let why = "the team has written to this person since"
        #expect(finding == (isFound ? .found(messageID: "m_new") : .unknown(why: why)))
    }

    private func conversation(_ lines: [Line], reach: Milliseconds) -> Conversation {
        Conversation(
            person: Event.testPerson,
            name: nil,
            updatedAt: .start,
            messages: lines.map { line in
                Conversation.Message(
                    id: line.id,
                    at: .start + line.at,
                    isFromPerson: line.isFromPerson,
                    text: line.text,
                    attachments: line.attachments
                )
            },
            reach: .start - reach
        )
    }

    private func find(
        _ expectedMessage: ExpectedMessage,
        _ conversation: Conversation?,
        _ after: Milliseconds,
        _ ahead: Milliseconds?,
        humanAt: Instant? = nil,
        othersInDoubt: [ExpectedMessage?] = []
    ) -> MatchResult {
        let now = Instant.start + after
        return InDoubtDelivery.make(step: "hello", known: ["m_known"], humanAt: humanAt, othersInDoubt: othersInDoubt)
            .match(
                expectedMessage,
                in: conversation,
                readAt: ahead.map { now + $0 },
                settling: InDoubtDelivery.settling,
                now: now
            )
    }
}
