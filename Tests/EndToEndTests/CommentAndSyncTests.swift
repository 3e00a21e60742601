import ControlAPI
import DripCore
import DripEngine
import DripStore
import Foundation
import MessengerSandbox
import TestSupport
import Testing

/// People whom the page knows by other ways than a first message, with the real binary against the platform's rules.
@Suite(.timeLimit(.minutes(3))) struct CommentAndSyncTests {
    private static let game = """
        sequence: game
        title: Mini game
        start: [comment: {contains: "đã share"}]
        steps:
          - {step: reply, after: 1 min, text: 'Chào {{full_name, default: "bạn"}}!'}
          - {step: next, after: 2 min, text: Next}

        """

    @Test func `a platform that does not answer is said to be silent, and not the daemon`() async throws {
        let shop = try await Shop(sequences: ["game.yaml": Self.game], scale: 1)
        let platform = try ScriptedServer { $0.stall() }
        defer { platform.stop() }
        let configuration = try String(contentsOfFile: shop.configuration, encoding: .utf8)
        try shop.write(
            configuration.replacing(shop.graphURL, with: "http://127.0.0.1:\(platform.port)/v25.0"),
            to: "dripd.yaml"
        )
        try await shop.start()
        let result = try await Program.run("comments", "\(Shop.page)_1", "--config", shop.configuration)
        #expect(
            result
                == Program.Result(
                    status: 1,
                    output: "",
                    errors: "Error: the platform does not answer now (no answer within 15 s): ask again later\n"
                )
        )
        await shop.end(SIGKILL)
    }

    @Test func `a comment is answered in private once, and the rest comes when its author answers`() async throws {
        let shop = try await Shop(sequences: ["game.yaml": Self.game], scale: 600)
        try await shop.start()
        var draft = CommentDraft()
        draft.name = "Trần Lan"
        draft.text = "Em ĐÃ SHARE rồi ạ"
        draft.isAnonymous = true
        let comment = try shop.sandbox.comment(draft)
        draft.text = "đẹp quá"
        try shop.sandbox.comment(draft)
        var replies: [LogEntry] = []
        for await entry in shop.sandbox.feed(after: 0) where entry.direction == .outgoing {
            replies.append(entry)
            if replies.count == 1 {
                #expect(entry.comment == comment.id)
                // Whoever it is answers, and only then is there a conversation.
                try shop.sandbox.write(as: entry.person, name: nil, text: "Dạ", ref: nil)
            } else {
                break
            }
        }
        #expect(replies.map(\.text) == ["Chào bạn!", "Next"])
        #expect(Set(replies.map(\.person)).count == 1)
        #expect(shop.sandbox.comments().count == 2)
        let person: PersonDetail = try await shop.ask("people", "show", replies[0].person)
        #expect(person.enrollments.map(\.cause) == ["comment"])
        #expect(person.enrollments[0].deliveries[0].permission == "private_reply")
    }

    @Test func `the comments below a post are listed, page by page, and who has been answered`() async throws {
        let shop = try await Shop(sequences: ["game.yaml": Self.game], scale: 600)
        try await shop.start()
        var draft = CommentDraft()
        draft.person = "1001"
        draft.name = "Trần Lan"
        draft.text = "Em ĐÃ SHARE rồi ạ"
        try shop.sandbox.comment(draft)
        for await entry in shop.sandbox.feed(after: 0) where entry.direction == .outgoing { break }
        draft.person = nil
        draft.name = "=1+1"
        for number in 1...60 {
            draft.text = "hỏi giá \(number)"
            try shop.sandbox.comment(draft)
        }
        draft = CommentDraft()
        draft.isByPage = true
        draft.text = "cảm ơn"
        try shop.sandbox.comment(draft)

        let answered: [CommentSummary] = try await shop.ask("comments", "1", "--answered")
        #expect(answered.map(\.author) == ["1001"])
        #expect(answered[0].reply?.step == "reply")
        let some: [CommentSummary] = try await shop.ask("comments", "1", "--contains", "HỎI GIÁ 6", "--unanswered")
        #expect(some.map(\.text) == ["hỏi giá 6", "hỏi giá 60"])
        let control = ["--control-socket", shop.folder + "/state/control.sock"]
        let csv = try await Program.run(["comments", Shop.page + "_1", "--csv"] + control)
        let lines = csv.output.split(separator: "\r\n")
        #expect(lines.count == 62)
        #expect(lines[0] == "comment,at,author,name,text,reply,sequence,step,reply_at,reason,may_be_replied_to")
        #expect(lines[1].contains(",1001,Trần Lan,Em ĐÃ SHARE rồi ạ,sent,game,reply,"))
        #expect(lines[61].contains(",'=1+1,hỏi giá 60,,,,,,true"))
        let table = try await Program.run(["comments", "1", "--limit", "2"] + control)
        #expect(table.output.split(separator: "\n").count == 3)
        #expect(table.errors == "showing the first 2; use --limit to show more\n")
        let unknown = try await Program.run(["comments", "404"] + control)
        #expect(unknown.status == 1)
        #expect(
            unknown.errors.hasPrefix(
                "Error: the platform does not show post 1577703145783617_404 to page 1577703145783617 (100/33 "
            )
        )
    }

    @Test func `who subscribed gets a paid message behind the window, and nobody else`() async throws {
        let news = """
            sequence: news
            title: News
            start: [{message: [go]}]
            # On this clock a machine that stands still for a second is two days late.
            late: {after: 10 days, then: skip}
            steps: [{step: days, after: 2 days, text: News, outside_window: [marketing]}]

            """
        let shop = try await Shop(sequences: ["news.yaml": news], scale: 200_000)
        let configuration = try String(contentsOfFile: shop.configuration, encoding: .utf8)
        let marketing = "marketing: {ad_account: 55, campaign: c1, token: {file: secrets/page_token}}"
        try shop.write(
            configuration.replacing("{file: secrets/page_token}}", with: "{file: secrets/page_token}, \(marketing)}"),
            to: "dripd.yaml"
        )
        try await shop.start()
        try shop.sandbox.write(as: "1002", name: nil, text: "Hello", ref: nil)
        let token = try shop.sandbox.subscribe("1002", title: "News")
        // It is known before their clock starts.
        var explained: Program.Result
        repeat {
            explained = try await Program.run("explain", "1002", "--config", shop.configuration)
        } while !explained.output.contains("They subscribed to paid messages, since ")
        #expect(!explained.output.contains(token))
        for person in ["1001", "1002"] { try shop.sandbox.write(as: person, name: nil, text: "go", ref: nil) }
        for await entry in shop.sandbox.feed(after: 0) where entry.direction == .outgoing {
            #expect(entry.person == "1002")
            break
        }
        var person: PersonDetail
        repeat { person = try await shop.ask("people", "show", "1001") } while person.enrollments[0].endedAt == nil
        #expect(person.enrollments[0].deliveries.map(\.reason) == ["window_closed"])
        repeat { person = try await shop.ask("people", "show", "1002") } while person.enrollments[0].endedAt == nil
        #expect(person.enrollments[0].deliveries.map(\.permission) == ["marketing"])
        explained = try await Program.run("explain", "1002", "--config", shop.configuration)
        #expect(explained.output.contains("They subscribed to paid messages, since "))
        #expect(!explained.output.contains(token))
    }

    @Test func `pictures beside the files are uploaded once, for everybody`() async throws {
        let photos = """
            sequence: photos
            title: Photos
            start: [first_message]
            steps: [{step: look, after: 1 s, images: [media/a.png, media/b.png]}]

            """
        let shop = try await Shop(sequences: [:], scale: 1)
        try FileManager.default.createDirectory(
            atPath: shop.folder + "/Sequences/media",
            withIntermediateDirectories: false
        )
        for name in ["a", "b"] { try shop.write("GIF89a \(name)", to: "Sequences/media/\(name).png", mode: 0o644) }
        try shop.write(photos, to: "Sequences/photos.yaml")
        try await shop.start()
        for person in ["1001", "1002", "1003"] {
            try shop.sandbox.write(as: person, name: nil, text: "x", ref: nil)
        }
        var got: [[String]] = []
        for await entry in shop.sandbox.feed(after: 0) where entry.direction == .outgoing {
            got.append(entry.attachments.map(\.url))
            if got.count == 3 { break }
        }
        // Two uploads: everybody is sent the same two.
        #expect(Set(got).count == 1)
        #expect(got[0].count == 2)
        #expect(got[0][0] != got[0][1])
    }

    @Test func `a stop that was written while the daemon was down wins over the message that fell due meanwhile`()
        async throws
    {
        let care = """
            sequence: care
            title: Care
            start: [first_message]
            steps: [{step: hello, after: 1 s, text: Hello}, {step: more, after: 12 s, text: More}]

            """
        let shop = try await Shop(sequences: ["care.yaml": care], scale: 1)
        try await shop.start()
        try shop.sandbox.write(as: "1001", name: nil, text: "Hi", ref: nil)
        for await entry in shop.sandbox.feed(after: 0) where entry.direction == .outgoing { break }
        let arrived = shop.clock.now()
        // Killed before its answer is recorded, the first message would be in doubt.
        var person: PersonDetail
        repeat { person = try await shop.ask("people", "show", "1001") } while person.enrollments[0].deliveries.isEmpty
        await shop.end(SIGKILL)
        // No webhook tells of it: the conversation alone does.
        try await shop.subscribe(to: "message_deliveries")
        try shop.sandbox.write(as: "1001", name: nil, text: "STOP", ref: nil)
        let due = arrived + .seconds(12)
        while shop.clock.now() < due { _ = try await Program.run("check", "--config", shop.configuration) }
        try await shop.start()
        try await shop.says("reading what people wrote while dripd was down")
        repeat { person = try await shop.ask("people", "show", "1001") } while person.enrollments[0].endedAt == nil
        #expect(person.summary.stoppedAt != nil)
        #expect(person.enrollments[0].deliveries.map { "\($0.step) \($0.state)" } == ["hello sent", "more skipped"])
        #expect(person.enrollments[0].endReason == "stopped")
        #expect(await shop.end(SIGTERM) == 0)
        let sent = shop.sandbox.messages(after: 0, of: "1001").filter { $0.direction == .outgoing }
        #expect(sent.map(\.text) == ["Hello"])
    }

    @Test func `a walk finds who wrote before, and what was written while the daemon was down is not forgotten`()
        async throws
    {
        let care = """
            sequence: care
            title: Care
            start: [first_message]
            steps: [{step: hello, after: 1 s, text: Hello}]

            """
        let shop = try await Shop(sequences: ["care.yaml": care], scale: 1)
        // Nobody listens yet: the platform tries its webhooks in vain, and gives up.
        for person in ["1001", "1002"] {
            try shop.sandbox.write(as: person, name: "Lan \(person)", text: "gọi 0912345678", ref: nil)
        }
        try await shop.start()
        let walk: [SyncProgress] = try await shop.ask("sync")
        #expect(walk.map(\.conversations) == [2])
        #expect(walk.map(\.trouble) == [nil])
        let known: PersonDetail = try await shop.ask("people", "show", "1001")
        #expect(known.summary.attributes["phone"] == "+84912345678")
        let text = try await Program.run("sync", "--status", "--config", shop.configuration)
        #expect(text.output.hasPrefix("page 1577703145783617: 2 conversations, "))
        #expect(text.output.hasSuffix("; done\n"))
    }
}
