import DripCore

/// What a mail server said, as libcurl reports it. libcurl's own result code is no guide: it calls a refusal of a recipient a
/// "send error", and a refusal of the message a "weird reply".
struct SMTPDialog {
    private var lines: [String] = []
    private var stage: SMTPStage = .connect
    /// Whether QUIT was sent, which libcurl does after a refused recipient. The refusal must stay the last reply.
    private var isOver = false
    /// The last complete reply, and what it answered.
    private(set) var last: (reply: SMTPReply, stage: SMTPStage)?

    /// Takes the beginning of a command that is sent.
    mutating func sends(_ command: String) {
        if let stage = SMTPStage(command: command) { self.stage = stage }
        if command.trimmed == "QUIT" { isOver = true }
    }

    /// Takes a line that the server sent.
    mutating func receives(_ line: String) {
        lines.append(line)
        guard let reply = SMTPReply(lines: lines) else {
            // Whatever is no reply must not grow.
            if lines.count > 100 { lines.removeFirst() }
            return
        }
        lines = []
        // 221: a farewell that was not asked for.
        guard !isOver, reply.code != 221 else { return }
        last = (reply, stage)
        // After 354 the message follows, and the next reply is about it.
        if stage == .data, reply.code == 354 { stage = .end }
    }

    /// - Parameter failure: why libcurl ended without a reply; nil if it did not.
    func answer(failure: String?) -> MailAnswer {
        guard let (reply, stage) = last else { return .unsent(why: failure ?? "the mail server said nothing") }
        switch (stage, reply.code) {
        // From here on the server may have the whole message. Not even another 354 says what became of it.
        case (.data, 354), (.end, 300..<400):
            return .inDoubt(why: failure ?? "the connection ended before the mail server's answer")
        case (.end, 200..<300): return .accepted(reply)
        case (_, 400...): return .refused(Refusal(reply, to: stage))
        default: return .unsent(why: failure ?? "the mail server ended the connection")
        }
    }
}
