import Testing

@testable import MessengerSandbox

struct FaultTests {
    @Test func `faults are used up in the order in which they were asked for`() throws {
        let test = try TestPlatform.withOpenWindow()
        try test.platform.inject(Fault(kind: .error(code: 551, subcode: 1_545_041), person: nil, count: 2))
        try test.platform.inject(Fault(kind: .error(code: 2, subcode: nil), person: nil, count: 1))
        #expect(test.sendText().text.contains("(#551) This person isn't available right now."))
        #expect(test.sendText().errorCode == "551/1545041")
        let last = test.sendText()
        #expect(last.errorCode == "2")
        #expect(last.status == 500)
        #expect(test.sendText().errorCode == nil)
    }

    @Test func `a fault for one person leaves the others alone`() throws {
        let test = try TestPlatform.withOpenWindow()
        try test.platform.inject(Fault(kind: .refuse, person: "9", count: 1))
        #expect(test.sendText().handling == .answer)
        try test.write("hi", as: "9")
        #expect(test.send(#"{"recipient":{"id":"9"},"message":{"text":"hi"}}"#).handling == .close)
    }

    @Test func `a lost answer belongs to a message that arrived`() throws {
        let test = try TestPlatform.withOpenWindow()
        try test.platform.inject(Fault(kind: .lostAnswer, person: nil, count: 1))
        #expect(test.sendText().handling == .close)
        #expect(test.platform.log.lastNumber == 2)
        #expect(test.webhooks().count == 2)
    }

    @Test func `a refused connection belongs to a message that did not arrive`() throws {
        let test = try TestPlatform.withOpenWindow()
        try test.platform.inject(Fault(kind: .refuse, person: nil, count: 1))
        #expect(test.sendText().handling == .close)
        #expect(test.platform.log.lastNumber == 1)
        #expect(test.webhooks() == [])
    }

    @Test func `a delayed answer belongs to a message that arrived at once`() throws {
        let test = try TestPlatform.withOpenWindow()
        try test.platform.inject(Fault(kind: .delay(milliseconds: 700), person: nil, count: 1))
        let decision = test.sendText()
        #expect(decision.handling == .answerLater(milliseconds: 700))
        #expect(decision.status == 200)
        #expect(test.platform.log.lastNumber == 2)
    }

    @Test func `a duplicated webhook goes out twice in a row`() throws {
        let test = try TestPlatform.withOpenWindow()
        try test.platform.inject(Fault(kind: .duplicateWebhook, person: nil, count: 1))
        _ = test.sendText()
        let webhooks = test.webhooks()
        #expect(webhooks.count == 3)
        #expect(webhooks[0] == webhooks[1])
    }

    @Test func `cleared faults do not happen`() throws {
        let test = try TestPlatform.withOpenWindow()
        try test.platform.inject(Fault(kind: .refuse, person: nil, count: 1))
        test.platform.clearFaults()
        #expect(test.sendText().handling == .answer)
    }

    @Test func `faults have limits`() throws {
        var queue = FaultQueue()
        #expect(throws: ControlError.invalid("count must be from 1 to 100000")) {
            try queue.append(Fault(kind: .refuse, person: nil, count: 0))
        }
        #expect(throws: ControlError.invalid("milliseconds must be from 0 to 600000")) {
            try queue.append(Fault(kind: .delay(milliseconds: 600_001), person: nil, count: 1))
        }
        for _ in 1...1000 { try queue.append(Fault(kind: .refuse, person: nil, count: 1)) }
        #expect(throws: ControlError.full("1000 faults are pending")) {
            try queue.append(Fault(kind: .refuse, person: nil, count: 1))
        }
    }
}
