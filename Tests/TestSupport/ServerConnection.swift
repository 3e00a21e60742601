import Foundation
import Synchronization

/// The server's end of a connection, with blocking calls for scripts.
package final class ServerConnection: Sendable {
    private struct State {
        var descriptor: Int32?
        var unread: [UInt8] = []
        var requests: [[UInt8]] = []
        var bytesReceived = 0
    }

    private let descriptor: Int32
    private let state: Mutex<State>

    package init(descriptor: Int32) {
        self.descriptor = descriptor
        state = Mutex(State(descriptor: descriptor))
    }

    /// The complete requests that were read from it.
    package var requests: [String] { rawRequests.map { String(decoding: $0, as: UTF8.self) } }
    /// The same, for bodies that are no text.
    package var rawRequests: [[UInt8]] { state.withLock { $0.requests } }
    package var bytesReceived: Int { state.withLock { $0.bytesReceived } }

    /// Reads header and body of the next request; returns nil if the client has closed the connection.
    @discardableResult
    package func readRequest() -> String? {
        var bytes = state.withLock { state in
            defer { state.unread = [] }
            return state.unread
        }
        while true {
            if let length = requestLength(bytes), bytes.count >= length {
                let request = Array(bytes[..<length])
                state.withLock { state in
                    state.unread = Array(bytes[length...])
                    state.requests.append(request)
                }
                return String(decoding: request, as: UTF8.self)
            }
            guard let more = readSome(atMost: 65_536) else { return nil }
            bytes += more
        }
    }

    /// Reads a line with its line feed; returns nil if the client has closed the connection.
    package func readLine() -> [UInt8]? {
        while true {
            let line = state.withLock { state -> [UInt8]? in
                guard let end = state.unread.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
                defer { state.unread.removeFirst(end + 1) }
                return Array(state.unread[...end])
            }
            if let line { return line }
            guard let more = readSome(atMost: 65_536) else { return nil }
            state.withLock { $0.unread += more }
        }
    }

    /// Records a whole request that a script has read by lines.
    package func record(request: [UInt8]) {
        state.withLock { $0.requests.append(request) }
    }

    /// Reads at least one byte; returns nil if the client has closed the connection.
    @discardableResult
    package func readSome(atMost count: Int) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: count)
        let read = recv(descriptor, &buffer, count, 0)
        guard read > 0 else { return nil }
        state.withLock { $0.bytesReceived += read }
        return Array(buffer[..<read])
    }

    package func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress!, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }

    package func respond(_ status: String = "200 OK", headers: [String] = [], body: String = "") {
        let head = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + headers
        write(head.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    /// Waits until the client gives up, without reading.
    package func stall() {
        let peerClosed: Int16 = 0x2000  // POLLRDHUP, which the Glibc module lacks.
        var poll = pollfd(fd: descriptor, events: peerClosed, revents: 0)
        while Glibc.poll(&poll, 1, -1) < 0 && errno == EINTR {}
    }

    /// Whether the client gives up within the given milliseconds. Reads nothing.
    package func hasEnded(within milliseconds: Int32) -> Bool {
        let peerClosed: Int16 = 0x2000  // POLLRDHUP, as above.
        var poll = pollfd(fd: descriptor, events: peerClosed, revents: 0)
        return Glibc.poll(&poll, 1, milliseconds) > 0
    }

    /// Ends the script's blocking calls.
    package func hangUp() {
        state.withLock { state in
            if let descriptor = state.descriptor { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    package func close() {
        state.withLock { state in
            if let descriptor = state.descriptor { _ = Glibc.close(descriptor) }
            state.descriptor = nil
        }
    }

    /// Returns the length of the request at the start of `bytes`; nil if its header is incomplete.
    private func requestLength(_ bytes: [UInt8]) -> Int? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound else { return nil }
        let head = String(decoding: bytes[..<end], as: UTF8.self).lowercased()
        let field = head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
        let length = field.flatMap { Int($0.dropFirst("content-length:".count).drop { $0 == " " }) }
        return end + (length ?? 0)
    }
}
