import Foundation
import Glibc

/// Questions to the person at the terminal. Answers that are secrets are not shown.
struct Questions {
    /// The end of the input, or Ctrl-D.
    struct Ended: Error, CustomStringConvertible {
        let description = "no answer; nothing was written"
    }

    /// Whether there is a person to ask.
    static var canAsk: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    /// Asks until the answer is good.
    /// - Parameters:
    ///   - fallback: what an empty answer means, as it is shown; nil if there must be an answer.
    ///   - check: returns what is wrong with the answer; nil if it is good.
    func ask(
        _ question: String,
        fallback: String? = nil,
        isSecret: Bool = false,
        check: (String) -> String?
    ) throws -> String? {
        let prompt = fallback.map { "\(question) [\($0)]: " } ?? "\(question): "
        while true {
            let line = isSecret ? HiddenInput.readLine(prompt) : readLine(prompt)
            guard let answer = line?.trimmingCharacters(in: .whitespaces) else { throw Ended() }
            if answer.isEmpty, fallback != nil { return nil }
            guard let flaw = answer.isEmpty ? "an answer is needed" : check(answer) else { return answer }
            Output.note("  \(flaw)")
        }
    }

    private func readLine(_ prompt: String) -> String? {
        Output.prompt(prompt)
        return Swift.readLine()
    }
}

/// Reads a line that the terminal does not show.
private enum HiddenInput {
    /// The terminal's settings before; a signal handler restores them.
    nonisolated(unsafe) private static var former = termios()

    /// - Returns: nil at the end of the input, and without a terminal.
    static func readLine(_ prompt: String) -> String? {
        guard tcgetattr(STDIN_FILENO, &former) == 0 else { return nil }
        var hidden = former
        hidden.c_lflag &= ~tcflag_t(ECHO)
        // Ctrl-C must not leave a terminal in which nothing that is typed can be seen.
        let before = signal(SIGINT) { number in
            tcsetattr(STDIN_FILENO, TCSANOW, &HiddenInput.former)
            _exit(128 + number)
        }
        defer {
            tcsetattr(STDIN_FILENO, TCSANOW, &former)
            signal(SIGINT, before)
            Output.note("")
        }
        tcsetattr(STDIN_FILENO, TCSANOW, &hidden)
        Output.prompt(prompt)
        return Swift.readLine()
    }
}
