import Foundation
import Glibc

/// A connection by hand.
final class Stranger: Sendable {
    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        let code = withUnsafeBytes(of: &address) {
            connect(
                descriptor,
                $0.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t(MemoryLayout<sockaddr_in>.size)
            )
        }
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }

    /// At a Unix socket.
    init(socket path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let code = withUnsafeBytes(of: &address) {
            connect(
                descriptor,
                $0.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t(MemoryLayout<sockaddr_un>.size)
            )
        }
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }

    deinit {
        close(descriptor)
    }

    /// Sends the one at once and the other by bytes, fifty in a second; true when the server ends it before all is sent, or,
    /// with nothing left to send, at all.
    func isCutOff(sending atOnce: String, then slowly: String) async -> Bool {
        await withCheckedContinuation { continuation in
            // On a thread of its own, since it waits.
            Thread.detachNewThread { [self] in
                send(Array(atOnce.utf8))
                for byte in slowly.utf8 {
                    if isOver(within: 20) { return continuation.resume(returning: true) }
                    send([byte])
                }
                continuation.resume(returning: slowly.isEmpty && isOver(within: 30_000))
            }
        }
    }

    func answer(to request: String) async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                send(Array(request.utf8))
                var buffer = [UInt8](repeating: 0, count: 4096)
                let count = recv(descriptor, &buffer, buffer.count, 0)
                continuation.resume(returning: String(decoding: buffer.prefix(max(0, count)), as: UTF8.self))
            }
        }
    }

    /// What comes until the server ends the connection; nothing more is sent.
    func allAnswers(to bytes: [UInt8], thenHangsUp: Bool = false) async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                send(bytes)
                if thenHangsUp { shutdown(descriptor, Int32(SHUT_WR)) }
                var (answers, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 4096))
                while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 {
                    answers += buffer.prefix(count)
                }
                continuation.resume(returning: String(decoding: answers, as: UTF8.self))
            }
        }
    }

    /// Sends it, and waits for nothing.
    func send(_ text: String) async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                send(Array(text.utf8))
                continuation.resume()
            }
        }
    }

    /// Whether something has come that was not read yet, or the end.
    var hasAnswer: Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 0) > 0
    }

    private func send(_ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    private func isOver(within milliseconds: Int32) -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, milliseconds) > 0 else { return false }
        var byte: UInt8 = 0
        // An answer is no end.
        while true {
            let count = recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT))
            if count == 0 { return true }
            if count < 0 { return errno != EAGAIN }
        }
    }
}
