import Channels
import ControlAPI
import Crypto
import DripCore
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import DripEngine
@testable import DripStore

/// A picture's whole way: from the disk, through the check, the store and the upload, into the message.
@Suite struct MediaTests {
    private let due = Instant.start + .minutes(15)

    @Test func `sixty-four people who get a picture at once get it by one upload`() async throws {
        let shop = try await Shop()
        try await shop.people(64)
        try await shop.run(at: due)
        #expect(shop.platform.uploads == ["GIF89a one"])
        #expect(shop.platform.messages.count == 64)
        #expect(shop.platform.messages.allSatisfy { $0.contains(#"{"attachment_id":"a_1"}"#) })
        #expect(try await shop.state.store.status().sent == 64)
    }

    @Test func `a picture that was changed is uploaded once it is in force, and until then the old one goes out`()
        async throws
    {
        let shop = try await Shop()
        try await shop.people(1)
        try await shop.run(at: due)
        try shop.write("media/a.jpg", "GIF89a two")
        try await shop.people(2)
        try await shop.run(at: due)
        #expect(shop.platform.uploads == ["GIF89a one"])
        #expect(await shop.adopter.adopt(.reload) == .adopted(AdoptionReport(changed: ["care"])))
        #expect(await shop.adopter.adopt(.reload) == .adopted(AdoptionReport()))
        try await shop.people(3)
        try await shop.run(at: due)
        #expect(shop.platform.uploads == ["GIF89a one", "GIF89a two"])
        #expect(shop.platform.attachments == ["a_1", "a_1", "a_2"])
        let changes = try await shop.state.store.history(sequence: nil, limit: 10)
        #expect(changes.map(\.change) == [.changed, .added])
        #expect(Set(changes.map(\.hash)).count == 1)
    }

    @Test func `a plan shows another picture, and asks nobody's machine but the one that it lies on`() async throws {
        let shop = try await Shop()
        let text = try String(contentsOfFile: shop.folder + "/care.yaml", encoding: .utf8)
        func plan(_ hash: String) async throws -> Plan {
            let file = PlanRequest.File(path: "elsewhere/care.yaml", content: text, media: ["media/a.jpg": hash])
            let order = PlanRequest(files: [file], isWhole: true, people: 0)
            return try await shop.operations.plan(order, people: 0).plan
        }
        #expect(try await plan("GIF89a one".sha256).isEmpty)
        let changed = try await plan("GIF89a two".sha256)
        #expect(changed.sequences.map(\.steps).joined().map(\.content) == [["images"]])
        try shop.write("media/a.jpg", "GIF89a two")
        #expect(await shop.adopter.adopt(.apply(plan: changed.hash)) == .adopted(AdoptionReport(changed: ["care"])))
    }

    @Test func `a picture that is gone when it is needed holds its message up, and nobody else's`() async throws {
        let shop = try await Shop()
        try FileManager.default.removeItem(atPath: shop.folder + "/media/a.jpg")
        try await shop.people(1)
        try await shop.run(at: due)
        #expect(shop.platform.messages == [])
        #expect(shop.uploads.troubles.count == 1)
        #expect(try await shop.state.next(of: "1")?.waitingFor == "media")
        // A reload with the file missing is refused, and what is in force stays there.
        guard case .refused(let problems) = await shop.adopter.adopt(.reload) else {
            Issue.record("adopted")
            return
        }
        #expect(problems == ["\(shop.folder)/care.yaml:7:14: error: no such file: '\(shop.folder)/media/a.jpg'"])
        try shop.write("media/a.jpg", "GIF89a one")
        try await shop.run(at: due + .minutes(1))
        #expect(shop.platform.messages.count == 1)
        #expect(shop.uploads.troubles.isEmpty)
    }

    @Test func `at a start without the picture the sequences stay in force, and the message waits`() async throws {
        let shop = try await Shop()
        try await shop.people(1)
        try FileManager.default.removeItem(atPath: shop.folder + "/media/a.jpg")
        let again = try await Shop(shop)
        #expect(again.state.store.catalog.sequences.keys.sorted() == ["care"])
        try await again.run(at: due)
        #expect(try await again.state.next(of: "1")?.waitingFor == "media")
        try again.write("media/a.jpg", "GIF89a one")
        #expect(await again.adopter.adopt(.reload) == .adopted(AdoptionReport(changed: ["care"])))
        try await again.run(at: due + .minutes(1))
        #expect(again.platform.messages.count == 1)
    }

    @Test func `what the page has forgotten is uploaded again, and the message goes out`() async throws {
        let shop = try await Shop()
        try await shop.people(1)
        shop.platform.refuseNext(
            #"{"error":{"message":"(#100) Invalid attachment","code":100,"error_subcode":2018074}}"#
        )
        try await shop.run(at: due)
        try await shop.run(at: due + .seconds(30))
        #expect(shop.platform.uploads == ["GIF89a one", "GIF89a one"])
        #expect(shop.platform.attachments == ["a_1", "a_2"])
        #expect(try await shop.state.ledger(of: "1") == ["hello sent"])
    }

    @Test func `a page that takes no file leaves its messages waiting, and none in doubt`() async throws {
        let shop = try await Shop()
        try await shop.people(1)
        shop.platform.failUploads(TransportError(arrival: .perhaps, kind: .timeout, message: "no answer"))
        try await shop.run(at: due)
        #expect(try await shop.state.ledger(of: "1") == [])
        #expect(try await shop.state.store.recover(now: due) == 0)
        shop.platform.failUploads(nil)
        try await shop.run(at: due + .minutes(1))
        #expect(try await shop.state.ledger(of: "1") == ["hello sent"])
    }
}

/// A folder of sequences, a state, and all that sends, on a platform that keeps what it gets.
private final class Shop {
    let state: TemporaryStore
    let folder: String
    let platform = Platform()
    let adopter: Adopter
    let uploads: UploadService
    let operations: Operations
    private let dispatcher: Dispatcher
    private let wanted = Wanted()
    private let clock = ManualClock(.start)

    convenience init() async throws {
        let state = try await TemporaryStore()
        let folder = state.directory.path + "/Sequences"
        try FileManager.default.createDirectory(atPath: folder + "/media", withIntermediateDirectories: true)
        try await self.init(state, folder)
    }

    /// As after the end of the process.
    convenience init(_ old: Shop) async throws {
        try old.state.reopen()
        try await self.init(old.state, old.folder)
    }

    private init(_ state: TemporaryStore, _ folder: String) async throws {
        self.state = state
        self.folder = folder
        let channel = MessengerChannel(transport: platform, graphURL: "https://p", tokens: [Event.testPage: "t"])
        let uploads = UploadService(
            store: state.store,
            clock: clock,
            logger: .silent,
            requests: AsyncStream { nil },
            upload: channel.upload,
            wake: {}
        )
        self.uploads = uploads
        let limiters = LimiterTable([
            Limiter(id: state.account, channel: .messenger, page: Event.testPage, perSecond: 100, rates: .tested)
        ])
        dispatcher = Dispatcher(
            store: state.store,
            channel: channel,
            limiters: limiters,
            limits: DispatchLimits(),
            random: { 0.5 },
            requestUpload: { [wanted] uploads in wanted.add(uploads) },
            logger: .silent
        )
        let adopter = Adopter(
            store: state.store,
            sequences: folder,
            zone: .hoChiMinh,
            confirmAbove: nil,
            settings: CatalogSettings(dailyLimit: nil),
            clock: clock,
            logger: .silent,
            renewSecrets: {},
            wake: {}
        )
        self.adopter = adopter
        operations = Operations(
            version: "1",
            store: state.store,
            limiters: limiters,
            clock: clock,
            logger: .silent,
            adoptFiles: { await adopter.adopt($0) },
            beginSync: { _, _ in },
            listComments: { _, _, _ in .later(why: "") },
            refused: { nil },
            editProgress: { nil },
            clockTrouble: { nil },
            uploadTroubles: { uploads.troubles },
            wake: {}
        )
        if !FileManager.default.fileExists(atPath: folder + "/care.yaml") {
            try write("media/a.jpg", "GIF89a one")
            try write(
                "care.yaml",
                """
                sequence: care
                title: Care
                start: [first_message]
                steps:
                  - step: hello
                    after: 15 min
                    images: [media/a.jpg]
                """
            )
        }
        _ = await adopter.adopt(.start)
    }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
    }

    /// So many people have written by now.
    func people(_ count: Int) async throws {
        for number in 1...count { try await state.ingest(.message("\(number)", from: "\(number)"), now: .start) }
    }

    /// Sends and uploads all that can be at this moment.
    func run(at now: Instant) async throws {
        clock.set(now)
        repeat {
            _ = try await dispatcher.tick(now: now)
            try await dispatcher.settleAll { now }
            for uploads in wanted.take() { await self.uploads.give(uploads) }
            _ = try await dispatcher.tick(now: now)
        } while !dispatcher.isIdle
    }

    private final class Wanted: Sendable {
        private let all = Mutex<[Set<Upload>]>([])

        func add(_ uploads: Set<Upload>) { all.withLock { $0.append(uploads) } }

        func take() -> [Set<Upload>] {
            all.withLock { all in
                defer { all = [] }
                return all
            }
        }
    }
}

/// Takes files and messages, and remembers them.
private final class Platform: Transport {
    private struct State {
        var uploads: [String] = []
        var messages: [String] = []
        var refusal: String?
        var failure: TransportError?
    }

    private let state = Mutex(State())

    /// The files' contents.
    var uploads: [String] { state.withLock { $0.uploads } }
    var messages: [String] { state.withLock { $0.messages } }

    /// What the messages called their files.
    var attachments: [String] {
        messages.compactMap { $0.firstMatch(of: /"attachment_id":"([^"]*)"/).map { String($0.1) } }
    }

    func refuseNext(_ answer: String) { state.withLock { $0.refusal = answer } }

    func failUploads(_ error: TransportError?) { state.withLock { $0.failure = error } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let body = String(decoding: request.body, as: UTF8.self)
        return try state.withLock { state throws(TransportError) in
            guard request.url.contains("/message_attachments") else {
                state.messages.append(body)
                defer { state.refusal = nil }
                return state.refusal.map { .json(400, $0) }
                    ?? .json(200, #"{"message_id":"m_\#(state.messages.count)"}"#)
            }
            if let failure = state.failure { throw failure }
            // The last field, before the end of the form.
            state.uploads.append(body.components(separatedBy: "\r\n").dropLast(2).last ?? "")
            return .json(200, #"{"attachment_id":"a_\#(state.uploads.count)"}"#)
        }
    }
}

extension String {
    var sha256: String {
        SHA256.hash(data: Data(utf8)).map { String(format: "%02x", $0) }.joined()
    }
}
