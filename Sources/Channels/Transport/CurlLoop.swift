import CCurl
import Foundation

/// The one thread that drives libcurl. It sleeps in `curl_multi_poll` until a socket is ready, a time limit passes or the
/// mailbox wakes it. Without transfers, only the mailbox wakes it.
struct CurlLoop {
    private let mailbox: CurlMailbox
    private let multi: UnsafeMutableRawPointer
    private let userAgent: String
    private let limits: TransportLimits

    /// The transfers under way, by easy handle. This reference keeps a transfer alive while libcurl knows its address.
    private var running: [UnsafeMutableRawPointer: CurlTransfer] = [:]
    /// Finished transfers, for reuse.
    private var idle: [CurlTransfer] = []
    /// Answered requests that are not yet reported to the mailbox.
    private var answered = 0

    init(mailbox: CurlMailbox, userAgent: String, limits: TransportLimits) {
        self.mailbox = mailbox
        self.multi = mailbox.multi.pointer
        self.userAgent = userAgent
        self.limits = limits
    }

    consuming func run() {
        blockSignals()
        while performUntilNextInstruction() {}
        idle = []
        curl_multi_cleanup(multi)
        mailbox.confirmEnd()
    }

    private mutating func performUntilNextInstruction() -> Bool {
        var count: Int32 = 0  // Required by libcurl, not used.
        check(curl_multi_perform(multi, &count))
        collect()
        let report = answered
        answered = 0
        switch mailbox.exchange(answered: report) {
        case .begin(let submissions):
            for submission in submissions { begin(submission) }
        case .wait:
            check(curl_multi_poll(multi, nil, 0, Int32.max, nil))
        case .end:
            return false
        }
        return true
    }

    private mutating func begin(_ submission: CurlSubmission) {
        guard let transfer = idle.popLast() ?? CurlTransfer(userAgent: userAgent, limits: limits) else {
            return refuse(submission, CURLE_OUT_OF_MEMORY)
        }
        let code = transfer.prepare(submission)
        guard code == CURLE_OK else {
            return refuse(submission, code)
        }
        guard curl_multi_add_handle(multi, transfer.easy) == CURLM_OK else {
            return refuse(submission, CURLE_FAILED_INIT)
        }
        running[transfer.easy] = transfer
    }

    private mutating func refuse(_ submission: CurlSubmission, _ code: CURLcode) {
        answered += 1
        submission.refuse(.internal, "libcurl cannot prepare the request: \(String(cString: curl_easy_strerror(code)))")
    }

    /// Finishes the transfers that libcurl reports as done.
    private mutating func collect() {
        var remaining: Int32 = 0
        while let message = curl_multi_info_read(multi, &remaining) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            let code = dripd_message_result(message)  // The message is invalid after the removal.
            curl_multi_remove_handle(multi, easy)
            guard let transfer = running.removeValue(forKey: easy) else { continue }
            transfer.finish(code)
            answered += 1
            if idle.count < limits.connections { idle.append(transfer) }
        }
    }

    /// Ends the process if libcurl fails. Without a working multi handle no request under way can be answered; after the next
    /// start these requests are in doubt, which is correct.
    private func check(_ code: CURLMcode) {
        precondition(code == CURLM_OK, "libcurl failed: \(String(cString: curl_multi_strerror(code)))")
    }

    /// Blocks all signals, which other threads handle. SIGPIPE matters most: OpenSSL writes without MSG_NOSIGNAL, and with
    /// CURLOPT_NOSIGNAL libcurl does not guard against it. Threads that libcurl starts inherit the mask.
    private func blockSignals() {
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)
    }
}

/// The pointer to the multi handle. Only the loop's thread may use it, except for `wakeUp`.
struct CurlMulti: @unchecked Sendable {  // Any thread may call curl_multi_wakeup; the rest is the loop's.
    let pointer: UnsafeMutableRawPointer

    init?(limits: TransportLimits) {
        guard let pointer = curl_multi_init() else { return nil }
        self.pointer = pointer
        let options: [(CURLMoption, Int)] = [
            (CURLMOPT_MAX_HOST_CONNECTIONS, limits.connectionsPerHost),
            (CURLMOPT_MAX_TOTAL_CONNECTIONS, limits.connections),
            // The maximum number of idle connections; libcurl's own limit grows with the number of transfers.
            (CURLMOPT_MAXCONNECTS, limits.connections),
        ]
        guard options.allSatisfy({ dripd_multi_set_long(pointer, $0, $1) == CURLM_OK }) else {
            curl_multi_cleanup(pointer)
            return nil
        }
    }

    /// Ends the loop's current wait, or else its next one.
    func wakeUp() {
        curl_multi_wakeup(pointer)
    }
}
