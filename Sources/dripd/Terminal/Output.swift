import Foundation
import Glibc

/// Where a command writes. All text for people goes through here: characters that do harm are shown, lines are folded at
/// the terminal's width, and what cannot be written is an error. What no terminal reads is never folded.
struct Output: Sendable {
    enum Failure: Error, Hashable, CustomStringConvertible {
        /// The reader has gone, as `head` does: no fault.
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
    /// nil: no terminal.
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

    /// - Parameter lines: each is one, whatever line breaks it holds.
    func lines(_ lines: [String]) throws {
        let folded = lines.flatMap { LineFolding.lines(HarmlessText.line($0), columns: columns) }
        try write(folded.map { $0 + "\n" }.joined())
    }

    /// Text of our own in several lines.
    func paragraph(_ text: String) throws {
        try lines(Self.split(text))
    }

    func table(_ table: TextTable) throws {
        // Folded in its cells already.
        try write(table.lines(columns: columns).map { $0 + "\n" }.joined())
    }

    /// A line at the bottom of a terminal, over the one before; not for what no terminal reads.
    func progress(_ text: String) throws {
        guard let columns else { return }
        try write("\r\u{1B}[K" + HarmlessText.line(text).cut(to: columns - 1))
    }

    func endProgress() throws {
        if columns != nil { try write("\r\u{1B}[K") }
    }

    /// A line that is cut rather than folded; on a terminal in the place of the progress.
    func styled(_ line: StyledLine, hasColour: Bool) throws {
        let start = columns == nil ? "" : "\r\u{1B}[K"
        try write(start + line.text(columns: columns, hasColour: hasColour) + "\n")
    }

    /// On standard error, beside the output. A note that cannot be written is no reason to fail.
    static func note(_ text: String) {
        try? errors.paragraph(text)
    }

    /// The same as a progress, on standard error.
    static func noteProgress(_ text: String) {
        try? errors.progress(text)
    }

    static func endNoteProgress() {
        try? errors.endProgress()
    }

    // MARK: For programs

    /// Byte for byte, where no terminal reads it: JSON, CSV, files.
    func exact(_ text: String) throws {
        guard columns != nil else { return try write(text) }
        var lines = Self.split(text)
        let isEnded = lines.last?.isEmpty ?? true
        if isEnded { lines = lines.dropLast() }
        try write(lines.map(HarmlessText.line).joined(separator: "\n") + (isEnded && !lines.isEmpty ? "\n" : ""))
    }

    func bytes(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno == EAGAIN {
                // A terminal or pipe that another program has made non-blocking.
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

    /// By scalars: CR and LF together are one character.
    private static func split(_ text: String) -> [String] {
        text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            String(line.last == "\r" ? line.dropLast() : line)
        }
    }
}
