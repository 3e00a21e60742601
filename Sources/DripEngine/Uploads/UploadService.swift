package import DripCore
package import DripStore
package import Logging
import SequenceFiles
import ServiceLifecycle
import Synchronization

/// Uploads the files of messages to their pages before the messages are claimed. A message that waits for its picture is never
/// on its way, and so never in doubt. Files are uploaded one at a time, so that only one is in memory.
package final class UploadService: Service {
    private struct Trouble {
        var count = 0
        var why = ""
        var until = Instant.distantFuture
    }

    private let store: Store
    private let clock: any WallClock
    private let logger: Logger
    private let requests: AsyncStream<Set<Upload>>
    private let upload: @Sendable ([UInt8], Upload) async -> UploadAnswer
    private let wake: @Sendable () -> Void
    private let failing = Mutex<[Upload: Trouble]>([:])

    /// - Parameters:
    ///   - requests: the files that messages wait for; yielded again for as long as they wait.
    ///   - upload: sends a file to the platform.
    ///   - wake: called when messages that waited for a file may be sent.
    package init(
        store: Store,
        clock: any WallClock,
        logger: Logger,
        requests: AsyncStream<Set<Upload>>,
        upload: @escaping @Sendable ([UInt8], Upload) async -> UploadAnswer,
        wake: @escaping @Sendable () -> Void
    ) {
        self.store = store
        self.clock = clock
        self.logger = logger
        self.requests = requests
        self.upload = upload
        self.wake = wake
    }

    /// The reasons why files that messages wait for cannot be uploaded, one line each.
    package var troubles: [String] {
        failing.withLock { $0.map { "\($0.file.path) for page \($0.page): \($1.why)" }.sorted() }
    }

    /// Forgets all failures after an operator acted, so that every upload may be tried again.
    package func restart() {
        failing.withLock { $0 = [:] }
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            for await uploads in self.requests { await self.give(uploads) }
        }
    }

    func give(_ uploads: Set<Upload>) async {
        for upload in uploads.sorted(by: { $0.file.path < $1.file.path }) where !Task.isCancelled {
            do {
                try await give(upload)
            } catch {
                logger.error(because: error)
            }
        }
    }

    private func give(_ upload: Upload) async throws {
        // An upload that failed has to wait, and one that was requested twice may be done by now.
        let now = clock.now()
        guard failing.withLock({ $0[upload].map { $0.until <= now } ?? true }),
            try await store.attachment(of: upload, now: now) == nil,
            let answer = await answer(to: upload)
        else { return }
        let metadata: Logger.Metadata = ["file": "\(upload.file.path)", "page": "\(upload.page)"]
        switch answer {
        case .uploaded(let attachment):
            try await store.saveAttachment(attachment, of: upload, now: clock.now())
            failing.withLock { $0[upload] = nil }
            logger.info("uploaded", metadata: metadata)
            wake()
        case .failed(let why):
            fail(upload, why)
            logger.error(
                "a file cannot be uploaded: messages wait for it",
                metadata: metadata.merging(["reason": "\(why)"]) { _, new in new }
            )
        }
    }

    /// Returns nil at a shutdown: an upload under way is dropped and repeated after the next start.
    private func answer(to upload: Upload) async -> UploadAnswer? {
        let content: [UInt8]
        do {
            content = try MediaContent.read(upload.file, as: upload.kind)
        } catch {
            return .failed(why: ErrorDescription.words(error))
        }
        // A request runs to its end even if the waiting task is cancelled. This one stops waiting.
        let (answers, answer) = AsyncStream.makeStream(of: UploadAnswer.self)
        Task { [put = self.upload] in
            answer.yield(await put(content, upload))
            answer.finish()
        }
        for await answer in answers { return answer }
        return nil
    }

    private func fail(_ upload: Upload, _ why: String) {
        let now = clock.now()
        failing.withLock { failing in
            var trouble = failing[upload] ?? Trouble()
            trouble.count += 1
            trouble.why = why
            trouble.until = now + Backoff.page(after: trouble.count, jitter: 0.5)
            failing[upload] = trouble
        }
    }
}
