import CCurl
import Foundation

/// The one thread that drives libcurl. It sleeps in `curl_multi_poll` until a socket is ready, a time limit passes or
/// the mailbox wakes it; without transfers nothing but the mailbox does.
struct CurlLoop {
    private let mailbox: CurlMailbox
    private let multi: UnsafeMutableRawPointer
    private let userAgent: String
    private let limits: TransportLimits

    /// By easy handle. Holding a transfer here keeps it alive while libcurl knows its address.
    private var running: [UnsafeMutableRawPointer: CurlTransfer] = [:]
    /// Transfers that are over, for the next requests.
    private var idle: [CurlTransfer] = []
    /// Not yet reported to the mailbox.
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
        var count: Int32 = 0  // libcurl insists on telling how many run.
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

    /// Hands out the outcomes that libcurl has ready.
    private mutating func collect() {
        var remaining: Int32 = 0
        while let message = curl_multi_info_read(multi, &remaining) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            let code = dripd_message_result(message)  // The message is gone after the removal.
            curl_multi_remove_handle(multi, easy)
            guard let transfer = running.removeValue(forKey: easy) else { continue }
            transfer.finish(code)
            answered += 1
            if idle.count < limits.connections { idle.append(transfer) }
        }
    }

    /// Without a working multi handle no request under way can ever be answered. Ending the process is the way out: on
    /// its next start they are in doubt, which is the truth.
    private func check(_ code: CURLMcode) {
        precondition(code == CURLM_OK, "libcurl failed: \(String(cString: curl_multi_strerror(code)))")
    }

    /// Signals are other threads' business. SIGPIPE above all: OpenSSL writes without MSG_NOSIGNAL, and with
    /// CURLOPT_NOSIGNAL libcurl does not guard against it. Threads that libcurl starts inherit the mask.
    private func blockSignals() {
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)
    }
}
