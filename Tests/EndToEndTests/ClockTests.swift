import Channels
import ControlAPI
import DripCore
import DripEngine
import DripStore
import Foundation
import MessengerSandbox
import TestSupport
import Testing

/// A machine whose clock is wrong, and is set right, with the real binary.
@Suite(.timeLimit(.minutes(2))) struct ClockTests {
    private static let sequence = """
        sequence: hello
        title: Hello
        start: [first_message]
        steps:
          - {step: one, after: 15 min, text: Hello}
          - {step: two, after: 3 hours, text: Again}
        """

    @Test(arguments: [Milliseconds.hours(-6), .days(-400), .hours(6)])
    func `a clock that is wrong sends nothing early, and ends nothing`(span: Milliseconds) async throws {
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1)
        let library = try await PreloadedLibrary.build("shifted-clock.c", in: shop.directory)
        let file = shop.folder + "/clock-shift"
        try "\(span.milliseconds / 1000)".write(toFile: file, atomically: true, encoding: .utf8)
        try await shop.start(environment: ["LD_PRELOAD": library, "CLOCK_SHIFT": file])
        // The first answer of the platform tells that a clock is ahead.
        var status: Status
        repeat { status = try await shop.ask("status") } while span > .zero && status.clockTrouble == nil
        let wrote = SystemClock.realNow()
        try shop.sandbox.write(as: "1001", name: nil, text: "Hello", ref: nil)
        repeat { status = try await shop.ask("status") } while status.sums.people == 0
        #expect(status.clockTrouble != nil)
        let ready = try await shop.get("/readyz")
        #expect(ready.status == 503)
        #expect(String(decoding: ready.body, as: UTF8.self).contains("the machine's clock is"))

        try "0".write(toFile: file, atomically: true, encoding: .utf8)
        status = try await shop.ask("status")
        #expect(status.clockTrouble == nil)
        // An event has the dispatcher look again.
        try shop.sandbox.write(as: "1001", name: nil, text: "Hello again", ref: nil)
        var person: PersonDetail
        repeat {
            person = try await shop.ask("people", "show", "1001")
        } while person.summary.lastWroteAt ?? .distantPast <= wrote || shop.sandbox.waitingWebhooks > 0
        let enrollment = try #require(person.enrollments.first)
        #expect(enrollment.deliveries.isEmpty)
        #expect(enrollment.anchor >= wrote - .seconds(1))
        #expect(enrollment.anchor < wrote + .minutes(1))
        #expect(enrollment.next?.due == enrollment.anchor + .minutes(15))
        #expect(!shop.sandbox.messages(after: 0, of: "1001").contains { $0.direction == .outgoing })
        #expect(await shop.end(SIGTERM) == 0)
    }
}
