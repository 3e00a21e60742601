import Foundation
import Glibc

/// Questions to the person at the terminal. Answers that are secrets are not shown.
struct Questions {
    /// The end of the input, or Ctrl-D.
    struct Ended: Error, CustomStringConvertible {
        let description = "no answer"
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
            guard let answer = line?.trimmingCharacters(in: .whitespaces) else {
                Output.note("")
                throw Ended()
            }
            if fallback != nil, answer.isEmpty || answer == fallback { return nil }
            guard let flaw = answer.isEmpty ? "an answer is needed" : check(answer) else { return answer }
            Output.note("  \(flaw)")
        }
    }

    func confirm(_ question: String) throws -> Bool {
        try ask("\(question) (y/n)") { ["y", "n"].contains($0.lowercased()) ? nil : "y or n" }?.lowercased() == "y"
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

    private static let endings = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

    /// - Returns: nil at the end of the input, and without a terminal.
    static func readLine(_ prompt: String) -> String? {
        guard tcgetattr(STDIN_FILENO, &former) == 0 else { return nil }
        var hidden = former
        hidden.c_lflag &= ~tcflag_t(ECHO)
        // A terminal in which nothing that is typed can be seen must not stay.
        let handlers = endings.map { number in
            signal(number) { number in
                tcsetattr(STDIN_FILENO, TCSANOW, &HiddenInput.former)
                _exit(128 + number)
            }
        }
        // After Ctrl-Z and `fg`, the shell's own settings would show the rest.
        let stop = signal(SIGTSTP, SIG_IGN)
        defer {
            tcsetattr(STDIN_FILENO, TCSANOW, &former)
            for (number, handler) in zip(endings, handlers) { signal(number, handler) }
            signal(SIGTSTP, stop)
            Output.note("")
        }
        tcsetattr(STDIN_FILENO, TCSANOW, &hidden)
        Output.prompt(prompt)
        return Swift.readLine()
    }
}
