import CCurl
import Foundation
import Synchronization

/// Submits mail over libcurl, on a few threads of its own: each keeps a connection and sends one message at a time.
///
/// libcurl never repeats an upload over SMTP by itself, so that a message is submitted at most once.
package final class CurlMailTransport: MailTransport {
    private struct Waiting {
        let submission: MailSubmission
        let continuation: CheckedContinuation<MailAnswer, Never>
    }

    private final class Queue: Sendable {
        private let condition = NSCondition()
        private let waiting = Mutex<(submissions: [Waiting], isClosed: Bool)>(([], false))

        /// - Returns: false if the queue is closed.
        func add(_ new: Waiting) -> Bool {
            condition.lock()
            defer { condition.unlock() }
            let isOpen = waiting.withLock { state in
                if !state.isClosed { state.submissions.append(new) }
                return !state.isClosed
            }
            condition.signal()
            return isOpen
        }

        /// - Returns: nil once the queue is closed and empty.
        func next() -> Waiting? {
            condition.lock()
            defer { condition.unlock() }
            while true {
                let (next, isClosed) = waiting.withLock { state in
                    (state.submissions.isEmpty ? nil : state.submissions.removeFirst(), state.isClosed)
                }
                if next != nil || isClosed { return next }
                condition.wait()
            }
        }

        func close() {
            condition.lock()
            waiting.withLock { $0.isClosed = true }
            condition.broadcast()
            condition.unlock()
        }
    }

    private let queue = Queue()

    private static let globalInit = dripd_global_init()

    /// - Parameter connections: the number of messages that are submitted at once.
    package init(connections: Int = 2) throws(TransportError) {
        guard Self.globalInit == CURLE_OK else {
            throw TransportError(arrival: .certainlyNot, kind: .internal, message: "libcurl cannot be set up")
        }
        for _ in 0..<connections {
            Thread.detachNewThread { [queue] in
                Thread.current.name = "dripd-smtp"
                var connection: SMTPConnection?
                while let waiting = queue.next() {
                    connection = connection?.isWornOut == false ? connection : SMTPConnection()
                    let answer = connection?.submit(waiting.submission) ?? .unsent(why: "libcurl cannot be set up")
                    waiting.continuation.resume(returning: answer)
                }
            }
        }
    }

    deinit {
        queue.close()
    }

    package func submit(_ submission: MailSubmission) async -> MailAnswer {
        await withCheckedContinuation { continuation in
            if !queue.add(Waiting(submission: submission, continuation: continuation)) {
                continuation.resume(returning: .unsent(why: "dripd is stopping"))
            }
        }
    }
}

/// A handle of libcurl with its connection. Used by one thread.
private final class SMTPConnection {
    private let easy: UnsafeMutableRawPointer
    private var submitted = 0
    private var dialog = SMTPDialog()
    private var rest: ArraySlice<UInt8> = []
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    /// Large providers take so many messages over one connection.
    private static let mostMessages = 50
    private static let (connectMilliseconds, totalMilliseconds) = (30_000, 300_000)

    init?() {
        guard let easy = curl_easy_init() else {
            errorText.deallocate()
            return nil
        }
        self.easy = easy
    }

    deinit {
        curl_easy_cleanup(easy)
        errorText.deallocate()
    }

    var isWornOut: Bool { submitted >= Self.mostMessages }

    func submit(_ submission: MailSubmission) -> MailAnswer {
        submitted += 1
        dialog = SMTPDialog()
        rest = submission.bytes[...]
        errorText.pointee = 0
        curl_easy_reset(easy)
        let recipients = curl_slist_append(nil, "<\(submission.recipient)>")
        defer { curl_slist_free_all(recipients) }
        var options = CurlOptions(easy: easy)
        let server = submission.server
        options.set(CURLOPT_NOSIGNAL, 1)
        options.set(CURLOPT_PROXY, "")
        options.set(CURLOPT_URL, server.url)
        options.note(server.url.hasPrefix("smtps:") ? dripd_allow_only_smtps(easy) : dripd_allow_only_smtp(easy))
        if !server.isPlain { options.note(dripd_require_tls(easy)) }
        options.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        options.set(CURLOPT_SSL_VERIFYPEER, 1)
        options.set(CURLOPT_SSL_VERIFYHOST, 2)
        if let user = server.user, let password = server.password {
            options.set(CURLOPT_USERNAME, user)
            options.set(CURLOPT_PASSWORD, password)
        }
        options.set(CURLOPT_CONNECTTIMEOUT_MS, Self.connectMilliseconds)
        options.set(CURLOPT_TIMEOUT_MS, Self.totalMilliseconds)
        options.set(CURLOPT_MAIL_FROM, "<\(submission.sender)>")
        options.note(dripd_set_recipients(easy, recipients))
        options.set(CURLOPT_UPLOAD, 1)
        options.set(CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(errorText))
        setCallbacks(in: &options, bytes: submission.bytes.count)
        guard options.firstFailure == CURLE_OK else { return .unsent(why: "libcurl lacks what SMTP needs") }
        let code = curl_easy_perform(easy)
        let text = String(cString: errorText)
        let failure = code == CURLE_OK ? nil : text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
        return dialog.answer(failure: failure)
    }

    private func setCallbacks(in options: inout CurlOptions, bytes: Int) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        let read: curl_read_callback = { buffer, size, count, context in
            guard let buffer, let context else { return 0 }
            let connection = Unmanaged<SMTPConnection>.fromOpaque(context).takeUnretainedValue()
            let part = connection.rest.prefix(size * count)
            part.withUnsafeBytes {
                UnsafeMutableRawPointer(buffer).copyMemory(
                    from: $0.baseAddress ?? UnsafeRawPointer(buffer),
                    byteCount: $0.count
                )
            }
            connection.rest = connection.rest.dropFirst(part.count)
            return part.count
        }
        let header: curl_write_callback = { buffer, size, count, context in
            guard let buffer, let context else { return 0 }
            let connection = Unmanaged<SMTPConnection>.fromOpaque(context).takeUnretainedValue()
            let bytes = UnsafeRawBufferPointer(start: buffer, count: size * count)
            connection.dialog.receives(String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines))
            return size * count
        }
        let debug: curl_debug_callback = { _, type, buffer, count, context in
            // Only the word of the command: what follows may be a password.
            guard type == CURLINFO_HEADER_OUT, let buffer, let context else { return 0 }
            let connection = Unmanaged<SMTPConnection>.fromOpaque(context).takeUnretainedValue()
            let bytes = UnsafeRawBufferPointer(start: buffer, count: min(count, 8))
            connection.dialog.sends(String(decoding: bytes, as: UTF8.self))
            return 0
        }
        options.note(dripd_set_read(easy, read, context, curl_off_t(bytes)))
        options.note(dripd_set_header(easy, header, context))
        options.note(dripd_set_debug(easy, debug, context))
    }
}
