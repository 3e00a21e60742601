import ControlAPI
import DripCore
import GRDB
import TestSupport
import Testing

@testable import DripStore

/// Files that a page has to be given before a message can show them.
@Suite struct StoreAttachmentTests {
    private let now = Instant.start
    private let due = Instant.start + .minutes(15)

    @Test func `a message waits for its files without being taken on, and goes out with what the page calls them`()
        async throws
    {
        let state = try await enrolled()
        let report = try await state.store.claim(account: state.account, limit: 10, now: due)
        #expect(report.claims.isEmpty)
        #expect(report.uploads == [state.upload(.image, "1.jpg"), state.upload(.image, "2.jpg")])
        let waiting = try #require(try await state.next())
        #expect(waiting.due == due + .minutes(1))
        #expect(waiting.waitingFor == "media")
        #expect(waiting.error == "to be uploaded first: 1.jpg, 2.jpg")
        // What was never taken on is not in doubt.
        #expect(try await state.store.recover(now: due) == 0)

        try await state.store.saveAttachment("17", of: state.upload(.image, "1.jpg"), now: due + .seconds(5))
        let second = try await state.store.claim(account: state.account, limit: 10, now: due + .seconds(5))
        #expect(second.claims.isEmpty)
        #expect(second.uploads == [state.upload(.image, "2.jpg")])
        try await state.store.saveAttachment("18", of: state.upload(.image, "2.jpg"), now: due + .seconds(6))
        let claim = try #require(try await state.claim(now: due + .seconds(6)).first)
        #expect(claim.dispatch.message.attachments == ["17", "18"])
        try await state.record(.accepted(messageID: "m_1"), of: claim, now: due + .seconds(7))
        #expect(try await state.ledger() == ["pictures sent"])
    }

    @Test func `everybody else's message needs no upload of its own`() async throws {
        let state = try await enrolled(people: 3)
        let uploads = try await state.store.claim(account: state.account, limit: 10, now: due).uploads
        #expect(uploads.count == 2)
        for upload in uploads { try await state.store.saveAttachment("17", of: upload, now: due) }
        #expect(try await state.claim(now: due).count == 3)
    }

    @Test func `what waits for another page, or for something else, is left alone`() async throws {
        let state = try await enrolled()
        let other = try await state.store.accounts(channel: "messenger", pages: ["2"])[0]
        _ = try await state.claim(now: due)
        let file = MediaFile(path: "1.jpg", location: "/srv/1.jpg", hash: "1")
        try await state.store.saveAttachment(
            "17",
            of: Upload(account: other, page: "2", kind: .image, file: file),
            now: due
        )
        #expect(try await state.next()?.due == due + .minutes(1))
        #expect(try await state.store.attachment(of: state.upload(.image, "1.jpg"), now: due) == nil)
    }

    @Test func `content, kind and name are what a page knows a file by`() async throws {
        let state = try await enrolled()
        try await state.store.saveAttachment("17", of: state.upload(.image, "1.jpg"), now: now)
        func kept(_ kind: MediaKind, _ path: String, hash: String) async throws -> String? {
            let file = MediaFile(path: path, location: "/elsewhere/" + path, hash: hash)
            let upload = Upload(account: state.account, page: Event.testPage, kind: kind, file: file)
            return try await state.store.attachment(of: upload, now: now)
        }
        #expect(try await kept(.image, "media/1.jpg", hash: "1") == "17")
        #expect(try await kept(.image, "1.jpg", hash: "2") == nil)
        #expect(try await kept(.file, "1.jpg", hash: "1") == nil)
        #expect(try await kept(.image, "3.jpg", hash: "1") == nil)
    }

    @Test func `after 80 days it is uploaded anew, after 90 it is forgotten`() async throws {
        let state = try await enrolled()
        let upload = state.upload(.image, "1.jpg")
        try await state.store.saveAttachment("17", of: upload, now: now)
        #expect(try await state.store.attachment(of: upload, now: now + .days(80) - .seconds(1)) == "17")
        #expect(try await state.store.attachment(of: upload, now: now + .days(80)) == nil)
        #expect(try await count(state) == 1)
        try await state.store.saveAttachment("18", of: upload, now: now + .days(81))
        #expect(try await state.store.attachment(of: upload, now: now + .days(82)) == "18")
        try await state.store.saveAttachment("19", of: state.upload(.image, "2.jpg"), now: now + .days(171))
        #expect(try await count(state) == 1)
    }

    @Test func `what the page has forgotten is uploaded anew before the message goes out again`() async throws {
        let state = try await enrolled()
        for (path, id) in [("1.jpg", "17"), ("2.jpg", "18")] {
            try await state.store.saveAttachment(id, of: state.upload(.image, path), now: now)
        }
        try await state.store.saveAttachment("19", of: state.upload(.video, "3.mp4"), now: now)
        let claim = try #require(try await state.claim(now: due).first)
        let refusal = Refusal(meaning: .attachment, code: "100/2018074", message: "no", retryAfter: nil)
        try await state.record(.refused(refusal), of: claim, now: due)
        let next = try #require(try await state.next())
        #expect(next.due == due + .seconds(30))
        #expect(next.waitingFor == "retry")
        let again = try await state.store.claim(account: state.account, limit: 10, now: due + .seconds(30))
        #expect(again.uploads == [state.upload(.image, "1.jpg"), state.upload(.image, "2.jpg")])
        #expect(try await count(state) == 1)
    }

    @Test func `a text waits for the video behind it, and a step half-way for one that is forgotten`() async throws {
        let step = Step.make("both", Offset(15, .minute), text: [.literal("hi")], video: .file("v.mp4", hash: "v"))
        let state = try await TemporaryStore([.make(steps: [step])])
        let upload = state.upload(.video, "v.mp4", hash: "v")
        try await state.ingest(.message("1"), now: now)
        let report = try await state.store.claim(account: state.account, limit: 10, now: due)
        #expect(report.claims.isEmpty)
        #expect(report.uploads == [upload])
        // It is 80 days old between the two.
        try await state.store.saveAttachment("17", of: upload, now: due - .days(80) + .seconds(90))
        try await state.send(as: "m_1", now: due + .minutes(1))
        let later = try await state.store.claim(account: state.account, limit: 10, now: due + .seconds(90))
        #expect(later.claims.isEmpty)
        #expect(later.uploads == [upload])
        try await state.store.saveAttachment("18", of: upload, now: due + .seconds(91))
        try await state.send(as: "m_2", now: due + .seconds(91))
        #expect(try await state.delivery("both")?.messageIDs == ["m_1", "m_2"])
    }

    @Test func `a message that waits for its file too long is skipped as any other`() async throws {
        let state = try await enrolled()
        _ = try await state.claim(now: due)
        _ = try await state.claim(now: due + .days(1) + .minutes(1))
        #expect(try await state.ledger() == ["pictures skipped late"])
    }

    @Test func `another picture of the same name is an edit that moves nobody`() async throws {
        let state = try await enrolled()
        let report = try await state.adopt([.pictures(hash: "3")], now: now)
        #expect(report == AdoptionReport(changed: ["care"]))
        let again = try await state.adopt([.pictures(hash: "3")], now: now)
        #expect(again == AdoptionReport())
        let uploads = try await state.store.claim(account: state.account, limit: 10, now: due).uploads
        #expect(uploads == [state.upload(.image, "1.jpg"), state.upload(.image, "2.jpg", hash: "3")])
    }

    private func enrolled(people: Int = 1) async throws -> TemporaryStore {
        let state = try await TemporaryStore([.pictures(hash: "2")])
        for number in 1...people {
            try await state.ingest(.message("\(number)", from: number == 1 ? Event.testPerson : "p\(number)"), now: now)
        }
        return state
    }

    private func count(_ state: TemporaryStore) async throws -> Int {
        try await state.store.read { try $0.row("SELECT count(*) AS count FROM attachment", [])?["count"] ?? 0 }
    }
}

extension DripSequence {
    /// The file itself stays the same.
    fileprivate static func pictures(hash: String) -> DripSequence {
        let images = [Media.file("1.jpg", hash: "1"), .file("2.jpg", hash: hash)]
        return DripSequence(
            id: "care",
            title: "care",
            start: [.firstMessage],
            steps: [.make("pictures", Offset(15, .minute), images: images)],
            hash: "0a1b"
        )
    }
}

extension TemporaryStore {
    fileprivate func upload(_ kind: MediaKind, _ path: String, hash: String? = nil) -> Upload {
        let file = MediaFile(path: path, location: "/srv/" + path, hash: hash ?? String(path.prefix(1)))
        return Upload(account: account, page: Event.testPage, kind: kind, file: file)
    }
}
