import DripCore
import TestSupport
import Testing

@Suite struct SettlementTests {
    private let now = Instant.start

    @Test func `accepted, the step is sent, or its next part is due`() {
        #expect(
            settle(.accepted(messageID: "m_1"))
                == expected(.over(Delivery(state: .sent, reason: nil), messageID: "m_1"), limiter: .works)
        )
        let part = Claim.make(isLast: false)
        #expect(
            part.settle(.accepted(messageID: "m_1"), now: now, jitter: 0.5)
                == Settlement(claim: part, result: .partSent(messageID: "m_1"), limiter: .works)
        )
    }

    @Test func `in doubt, the step is over and the page pauses`() {
        #expect(
            settle(.inDoubt(why: "timeout"))
                == expected(
                    .over(Delivery(state: .inDoubt, reason: "timeout"), messageID: nil),
                    limiter: .trouble("timeout")
                )
        )
    }

    @Test func `certainly not sent, it costs no attempt and the page pauses`() {
        #expect(
            settle(.unsent(why: "connection refused"), attempt: 3)
                == expected(
                    .again(due: now, attempt: 3, .page, error: "connection refused"),
                    limiter: .trouble("connection refused"),
                    attempt: 3
                )
        )
    }

    @Test func `the ad account refused, its messages wait; one that was not tried says nothing of it`() {
        let again = Settlement.Result.again(due: now + .minutes(30), attempt: 3, .page, error: "190 no")
        #expect(
            settle(.refused(.make(.account, "190")), attempt: 3)
                == expected(again, limiter: .accountStopped("190 no"), attempt: 3)
        )
        #expect(settle(.untried(why: "190 no"), attempt: 3) == expected(again, limiter: nil, attempt: 3))
    }

    @Test func `a person who cannot be reached ends the step, not the page`() {
        #expect(
            settle(.refused(.make(.person, "551")))
                == expected(
                    .over(Delivery(state: .failed, reason: "551 no", errorClass: "person"), messageID: nil),
                    person: .unreachable("551 no", isBlock: false),
                    limiter: .works
                )
        )
    }

    @Test func `a message that will never be accepted ends the step alone`() {
        #expect(
            settle(.refused(.make(.message, "100")))
                == expected(
                    .over(Delivery(state: .failed, reason: "100 no", errorClass: "message"), messageID: nil),
                    limiter: .refused("100 no")
                )
        )
    }

    @Test func `a closed window is looked at anew, at once, without an attempt`() {
        #expect(
            settle(.refused(.make(.window, "10/2018278")), attempt: 2)
                == expected(
                    .again(due: now, attempt: 2, .window, error: "10/2018278 no"),
                    person: .windowClosed,
                    limiter: .works,
                    attempt: 2
                )
        )
    }

    @Test func `a page without a valid token stops, and the message stays`() {
        #expect(
            settle(.refused(.make(.page, "190")))
                == expected(.again(due: now, attempt: 0, .page, error: "190 no"), limiter: .stopped("190 no"))
        )
    }

    @Test func `a platform that asks to slow down pauses the page for as long as it says`() {
        #expect(
            settle(.refused(.make(.slowDown, "4", retryAfter: .minutes(19))))
                == expected(
                    .again(due: now, attempt: 0, .page, error: "4 no"),
                    limiter: .usedUp("4 no", regainAfter: .minutes(19))
                )
        )
    }

    @Test func `what may work later is tried five times`() {
        for (attempt, seconds) in [(0, 30), (1, 120), (2, 480), (3, 1920)] as [(Int, Int64)] {
            #expect(
                settle(.refused(.make(.retry, "2")), attempt: attempt)
                    == expected(
                        .again(due: now + .seconds(seconds), attempt: attempt + 1, .retry, error: "2 no"),
                        limiter: nil,
                        attempt: attempt
                    )
            )
        }
        #expect(
            settle(.refused(.make(.retry, "2")), attempt: 4)
                == expected(
                    .over(Delivery(state: .failed, reason: "2 no", errorClass: "retry"), messageID: nil),
                    limiter: .refused("2 no"),
                    attempt: 4
                )
        )
    }

    @Test func `how often it is tried is the error's own`() {
        let once = Refusal.make(.retry, "100/2018294", tries: 2)
        #expect(
            settle(.refused(once)).result
                == .again(due: now + .seconds(30), attempt: 1, .retry, error: "100/2018294 no")
        )
        #expect(
            settle(.refused(once), attempt: 1).result
                == .over(Delivery(state: .failed, reason: "100/2018294 no", errorClass: "retry"), messageID: nil)
        )
    }

    @Test func `what may be the page's access is tried again, and then stops the page`() {
        let refusal = Refusal.make(.perhapsPage, "1/99", tries: 2)
        #expect(
            settle(.refused(refusal))
                == expected(.again(due: now + .seconds(30), attempt: 1, .retry, error: "1/99 no"), limiter: nil)
        )
        #expect(
            settle(.refused(refusal), attempt: 1)
                == expected(
                    .over(Delivery(state: .failed, reason: "1/99 no", errorClass: "perhaps_page"), messageID: nil),
                    limiter: .stopped("1/99 no"),
                    attempt: 1
                )
        )
    }

    @Test func `a restricted page keeps the message as it is`() {
        #expect(
            settle(.refused(.make(.restricted, "368")), attempt: 2)
                == expected(
                    .again(due: now, attempt: 2, .page, error: "368 no"),
                    limiter: .restricted("368 no"),
                    attempt: 2
                )
        )
    }

    @Test func `a conversation that somebody else holds is waited for by the hour`() {
        let refusal = Refusal.make(.thread, "2018300", tries: 12)
        for (attempt, minutes) in [(0, 10), (1, 20), (4, 160), (5, 240), (10, 240)] as [(Int, Int64)] {
            #expect(
                settle(.refused(refusal), attempt: attempt).result
                    == .again(due: now + .minutes(minutes), attempt: attempt + 1, .thread, error: "2018300 no")
            )
        }
        #expect(
            settle(.refused(refusal), attempt: 11)
                == expected(
                    .over(Delivery(state: .failed, reason: "2018300 no", errorClass: "thread"), messageID: nil),
                    limiter: .works,
                    attempt: 11
                )
        )
    }

    @Test func `it is not tried before the platform says`() {
        let settlement = settle(.refused(.make(.retry, "2", retryAfter: .minutes(3))))
        #expect(settlement.result == .again(due: now + .minutes(3), attempt: 1, .retry, error: "2 no"))
    }

    @Test func `a file that the page has forgotten is forgotten here, and the message waits a little`() {
        let media = Media.file(MediaFile(path: "a.jpg", location: "/a.jpg", hash: "h", attachment: "17"))
        let refusal = Outcome.refused(.make(.attachment, "100/2018074"))
        let claim = Claim.make(message: .images([media, .url("https://example.com/1.jpg")]))
        #expect(
            claim.settle(refusal, now: now, jitter: 0.5)
                == Settlement(
                    claim: claim,
                    result: .again(due: now + .seconds(30), attempt: 1, .retry, error: "100/2018074 no"),
                    forgotten: ["17"]
                )
        )
        let last = Claim.make(attempt: 4, message: .images([media]))
        #expect(
            last.settle(refusal, now: now, jitter: 0.5).result
                == .over(Delivery(state: .failed, reason: "100/2018074 no", errorClass: "attachment"), messageID: nil)
        )
        // Where nothing was uploaded, nothing helps.
        #expect(
            settle(refusal)
                == expected(
                    .over(Delivery(state: .failed, reason: "100/2018074 no", errorClass: "attachment"), messageID: nil),
                    limiter: .refused("100/2018074 no")
                )
        )
    }

    private func settle(_ outcome: Outcome, attempt: Int = 0) -> Settlement {
        Claim.make(attempt: attempt).settle(outcome, now: now, jitter: 0.5)
    }

    private func expected(
        _ result: Settlement.Result,
        person: Settlement.PersonEffect? = nil,
        limiter: Settlement.LimiterEffect?,
        attempt: Int = 0
    ) -> Settlement {
        Settlement(claim: .make(attempt: attempt), result: result, person: person, limiter: limiter)
    }
}

extension Claim {
    fileprivate static func make(
        attempt: Int = 0,
        isLast: Bool = true,
        message: MessagePart = .text("hello", buttons: [])
    ) -> Claim {
        Claim(
            job: .make("hello", attempt: attempt),
            number: 1,
            dispatch: Dispatch(
                message: message,
                following: isLast ? [] : [.images([])],
                permission: .standardWindow,
                position: .minutes(15),
                sequenceHash: "hash",
                bodyHash: "body"
            )
        )
    }
}

extension Refusal {
    fileprivate static func make(
        _ meaning: Meaning,
        _ code: String,
        retryAfter: Milliseconds? = nil,
        tries: Int = Backoff.attempts
    ) -> Refusal {
        Refusal(meaning: meaning, code: code, message: "no", retryAfter: retryAfter, tries: tries)
    }
}
