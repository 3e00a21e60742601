import DripCore
import Foundation
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import DripEngine
@testable import DripStore

/// Files on their way to a page.
@Suite struct UploadServiceTests {
    private let clock = ManualClock(.start)

    @Test func `what is wanted by many is uploaded once`() async throws {
        let page = try await Page(clock)
        let picture = try page.write("a.jpg", "GIF89a")
        for _ in 0..<64 { await page.service.give([picture]) }
        #expect(page.log == ["put a.jpg GIF89a", "wake"])
        #expect(try await page.kept(picture) == "id of a.jpg")
    }

    @Test func `the same file of another kind, name or page is another one`() async throws {
        let page = try await Page(clock)
        let picture = try page.write("a.jpg", "GIF89a")
        let other = try await page.state.store.accounts(channel: "messenger", pages: ["2"])[0]
        await page.service.give([
            picture, try page.write("b.jpg", "GIF89a"),
            Upload(account: picture.account, page: picture.page, kind: .file, file: picture.file),
        ])
        await page.service.give([Upload(account: other, page: "2", kind: .image, file: picture.file)])
        #expect(page.log.count { $0.hasPrefix("put") } == 4)
    }

    @Test func `a refusal is said, and tried again after a while, or at once when an operator acted`() async throws {
        let page = try await Page(clock)
        let picture = try page.write("a.jpg", "GIF89a")
        page.answer(.failed(why: "100/2018047 no"))
        await page.service.give([picture])
        #expect(page.service.troubles == ["a.jpg for page \(Event.testPage): 100/2018047 no"])
        // Those who wait say so every minute, and more often.
        await page.service.give([picture])
        clock.advance(by: .seconds(4))
        await page.service.give([picture])
        #expect(page.log == ["put a.jpg GIF89a"])
        clock.advance(by: .seconds(1))
        await page.service.give([picture])
        clock.advance(by: .seconds(5))
        await page.service.give([picture])
        #expect(page.log.count == 2)
        page.service.restart()
        #expect(page.service.troubles.isEmpty)
        page.answer(nil)
        await page.service.give([picture])
        #expect(page.log == ["put a.jpg GIF89a", "put a.jpg GIF89a", "put a.jpg GIF89a", "wake"])
        #expect(page.service.troubles.isEmpty)
    }

    @Test func `one file that fails holds up no other`() async throws {
        let page = try await Page(clock)
        let gone = try page.write("a.jpg", "GIF89a")
        try FileManager.default.removeItem(atPath: gone.file.location)
        await page.service.give([gone, try page.write("b.jpg", "GIF89a")])
        #expect(page.log == ["put b.jpg GIF89a", "wake"])
        let folder = page.state.directory.path
        #expect(
            page.service.troubles == [
                "a.jpg for page \(Event.testPage): no such file: '\(folder)/a.jpg'; put the file back, then "
                    + "`systemctl reload dripd`"
            ]
        )
    }

    @Test func `a file that was changed since is not what was to be sent`() async throws {
        let page = try await Page(clock)
        let picture = try page.write("a.jpg", "GIF89a")
        _ = try page.write("a.jpg", "GIF89a other")
        await page.service.give([picture])
        #expect(page.log == [])
        #expect(page.service.troubles.count == 1)
        #expect(try await page.kept(picture) == nil)
    }

    @Test func `it ends without waiting for what is on its way`() async throws {
        let (gate, held) = (Gate(), Gate())
        let page = try await Page(clock) {
            await held.pass()
            await gate.pass()
        }
        let picture = try page.write("a.jpg", "GIF89a")
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [page.service], logger: .silent)
        )
        page.requestUpload([picture])
        async let run: Void = group.run()
        held.open()
        await gate.arrivals(1)
        await group.triggerGracefulShutdown()
        try await run
        #expect(try await page.kept(picture) == nil)
        gate.open()
    }

    /// A service on a real store, with a page that takes every file.
    private final class Page {
        private final class Log: Sendable {
            let lines = Mutex<[String]>([])
            let answer = Mutex<UploadAnswer?>(nil)
        }

        let state: TemporaryStore
        let service: UploadService
        let requestUpload: @Sendable (Set<Upload>) -> Void
        private let record = Log()

        init(_ clock: ManualClock, onTheWay: @escaping @Sendable () async -> Void = {}) async throws {
            state = try await TemporaryStore()
            let (wanted, continuation) = AsyncStream.makeStream(of: Set<Upload>.self)
            requestUpload = { continuation.yield($0) }
            let record = record
            service = UploadService(
                store: state.store,
                clock: clock,
                logger: .silent,
                requests: wanted,
                upload: { content, upload in
                    record.lines.withLock {
                        $0.append("put \(upload.file.path) \(String(decoding: content, as: UTF8.self))")
                    }
                    await onTheWay()
                    return record.answer.withLock { $0 } ?? .uploaded(attachment: "id of \(upload.file.path)")
                },
                wake: { record.lines.withLock { $0.append("wake") } }
            )
        }

        var log: [String] { record.lines.withLock { $0 } }

        /// nil: it takes the file.
        func answer(_ answer: UploadAnswer?) {
            record.answer.withLock { $0 = answer }
        }

        func kept(_ upload: Upload) async throws -> String? {
            try await state.store.attachment(of: upload, now: .start)
        }

        func write(_ name: String, _ content: String) throws -> Upload {
            let location = state.directory.path + "/" + name
            try Data(content.utf8).write(to: URL(filePath: location))
            let file = MediaFile(path: name, location: location, hash: content.sha256)
            return Upload(account: state.account, page: Event.testPage, kind: .image, file: file)
        }
    }
}
