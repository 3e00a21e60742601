import Foundation
import Glibc

/// The output of a command. All text for people passes through here: harmful characters are escaped, lines are folded at the
/// terminal's width, and a failed write is an error. Without a terminal, nothing is folded.
struct Output: Sendable {
    enum Failure: Error, Hashable, CustomStringConvertible {
        /// The reader has closed the pipe, as `head` does. This is no failure of the command.
        case closed
        case failed(errno: Int32)

        var description: String {
            switch self {
            case .closed: "cannot write the output: the reader has closed it"
            case .failed(let number): "cannot write the output: \(String(cString: strerror(number)).lowercased())"
            }
        }
    }

    private let descriptor: Int32
    /// The width of the terminal; nil if there is none.
    let columns: Int?

    static var standard: Output { Output(descriptor: STDOUT_FILENO) }

    private static var errors: Output { Output(descriptor: STDERR_FILENO) }

    init(descriptor: Int32) {
        self.init(descriptor: descriptor, columns: Terminal.columns(descriptor))
    }

    init(descriptor: Int32, columns: Int?) {
        self.descriptor = descriptor
        self.columns = columns
    }

    // MARK: For people

    func line(_ text: String) throws {
        try lines([text])
    }

    /// - Parameter lines: the lines. A line break within one is escaped.
    func lines(_ lines: [String]) throws {
        let folded = lines.flatMap { LineFolding.lines(TerminalSanitizer.line($0), columns: columns) }
        try write(folded.map { $0 + "\n" }.joined())
    }

    /// Writes dripd's own text, which may have several lines.
    func paragraph(_ text: String) throws {
        try lines(Self.split(text))
    }

    func table(_ table: TextTable) throws {
        // The table has folded its cells already.
        try write(table.lines(columns: columns).map { $0 + "\n" }.joined())
    }

    /// Writes a line that replaces the previous progress. Writes nothing without a terminal.
    func progress(_ text: String) throws {
        guard let columns else { return }
        try write("\r\u{1B}[K" + TerminalSanitizer.line(text).cut(to: columns - 1))
    }

    func endProgress() throws {
        if columns != nil { try write("\r\u{1B}[K") }
    }

    /// Writes a line that is cut instead of folded. On a terminal, it replaces the progress.
    func styled(_ line: StyledLine, hasColour: Bool) throws {
        let start = columns == nil ? "" : "\r\u{1B}[K"
        try write(start + line.text(columns: columns, hasColour: hasColour) + "\n")
    }

    /// Writes a note to standard error. A note that cannot be written is ignored.
    static func note(_ text: String) {
        try? errors.paragraph(text)
    }

    /// Writes a question to standard error. The answer is typed after it.
    static func prompt(_ text: String) {
        try? errors.write(TerminalSanitizer.line(text))
    }

    /// Writes progress to standard error.
    static func noteProgress(_ text: String) {
        try? errors.progress(text)
    }

    static func endNoteProgress() {
        try? errors.endProgress()
    }

    // MARK: For programs

    /// Writes JSON, CSV or a file. Without a terminal, the bytes are exact; on a terminal, harmful characters are escaped.
    func exact(_ text: String) throws {
        guard columns != nil else { return try write(text) }
        var lines = Self.split(text)
        let isEnded = lines.last?.isEmpty ?? true
        if isEnded { lines = lines.dropLast() }
        try write(lines.map(TerminalSanitizer.line).joined(separator: "\n") + (isEnded && !lines.isEmpty ? "\n" : ""))
    }

    func bytes(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno == EAGAIN {
                // Another program has made the terminal or pipe non-blocking.
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&ready, 1, -1)
            } else if errno != EINTR {
                throw errno == EPIPE ? Failure.closed : Failure.failed(errno: errno)
            }
        }
    }

    private func write(_ text: String) throws {
        try bytes(Array(text.utf8))
    }

    /// Splits scalars, not characters, because CR LF is a single character.
    private static func split(_ text: String) -> [String] {
        text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            String(line.last == "\r" ? line.dropLast() : line)
        }
    }
}

/// Descriptors 0 to 2. If the program starts without one of them, the next file that it opens would get that number, and with
/// it the program's messages.
enum StandardDescriptors {
    /// Opens those that are closed. Standard output is opened for reading, so that writing to it fails, as it should.
    static func open() {
        for (descriptor, mode) in [(STDIN_FILENO, O_RDONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_WRONLY)]
        where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
            // open() takes the lowest free number, which is this one: those below are open by now.
            _ = Glibc.open("/dev/null", mode)
        }
    }
}

/// The properties of a terminal, if there is one.
enum Terminal {
    static func isTerminal(_ descriptor: Int32) -> Bool {
        isatty(descriptor) == 1
    }

    /// Whether to use color: on a terminal, unless the user disabled it (https://no-color.org).
    static func hasColour(_ descriptor: Int32, environment: [String: String]) -> Bool {
        isTerminal(descriptor) && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }

    /// Returns the width of the terminal; nil if the descriptor is not a terminal.
    static func columns(_ descriptor: Int32) -> Int? {
        guard isTerminal(descriptor) else { return nil }
        var size = winsize()
        if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } ?? 80
    }
}
