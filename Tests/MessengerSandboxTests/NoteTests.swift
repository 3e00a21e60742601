import Testing

@testable import MessengerSandbox

/// What is told to who looks at a conversation, besides its messages.
@Suite(.timeLimit(.minutes(1)))
struct NoteTests {
    @Test func `what was refused, and why, is noted`() throws {
        let test = try TestPlatform.withOpenWindow()
        try test.change { $0.isRestricted = true }
        _ = test.sendText()
        _ = test.send(#"{"recipient":{"id":"9"},"message":{"text":"to nobody"}}"#)
        let long = String(repeating: "x", count: 2000)
        _ = test.send(#"{"recipient":{"id":"5678"},"message":{"text":"\#(long)"}}"#)
        #expect(
            test.platform.notes.notes(after: 1, count: 9).map(\.text) == [
                "“\(long.prefix(100))”: (#100) Length of param message[text] must be less than or equal to 1999"
            ]
        )
        #expect(
            test.platform.notes.notes(after: 0, count: 1) == [
                Note(
                    number: 1,
                    at: TestPlatform.start,
                    person: "5678",
                    kind: .refused,
                    text: "“hi”: (#10) This Page is temporarily restricted from sending messages."
                )
            ]
        )
    }

    @Test func `what people do besides writing is noted`() throws {
        let test = try TestPlatform.withOpenWindow()
        _ = try test.comment("giá?", as: "5678")
        let love = PersonAct.react(messageID: "m_7-1", reaction: "love", emoji: "❤️")
        try test.platform.act(love, by: "5678", now: test.now)
        try test.platform.act(.edit(messageID: "m_7-1", text: "hi"), by: "5678", now: test.now)
        try test.platform.handOver(.take, of: "5678", app: 9, metadata: "", now: test.now)
        #expect(
            test.platform.notes.notes(after: 0, count: 9).map(\.text) == [
                "giá?", "reacted with ❤️: “hello”", "edited “hello” to “hi”", "app 9 took the conversation",
            ]
        )
    }

    @Test func `notes have limits, and the oldest go first`() {
        var notes = Notes()
        for _ in 1...10_001 { notes.append(.other, String(repeating: "x", count: 501), about: "1", at: 0) }
        #expect(notes.lastNumber == 10_001)
        #expect(notes.notes(after: 0, count: 1).map(\.number) == [626])
        #expect(notes.notes(after: 9999, count: 9).map(\.number) == [10_000, 10_001])
        #expect(notes.notes(after: 10_001, count: 9) == [])
        #expect(notes.notes(after: 0, count: 1)[0].text == String(repeating: "x", count: 500) + "…")
    }

    @Test func `who waits for notes gets them as soon as there are any`() async throws {
        try await LiveServer.run { server, _ in
            async let polled = server.get("/sandbox/notes?after=0&wait=60")
            _ = try await server.post("/sandbox/comments", #"{"person":"5678","message":"hi"}"#)
            #expect(
                try await polled.hasSuffix(
                    #"[{"number":1,"at":1459991487970,"person":"5678","kind":"comment","text":"hi"}]"#
                )
            )
            #expect(try await server.get("/sandbox/notes?after=1").hasSuffix("\r\n\r\n[]"))
        }
    }
}
