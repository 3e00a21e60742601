import Foundation
import Glibc

/// A TCP connection to the daemon, without a library between: a hostile client sends what no library would.
final class LoadConnection {
    private let descriptor: Int32

    /// - Parameter seconds: how long connecting, sending and waiting for an answer may take, each.
    /// - Returns: nil where the daemon did not take it.
    init?(port: Int, timeout seconds: Int) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        address.sin_port = in_port_t(port).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        // The deinitializer closes it.
        guard connected == 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// - Returns: how many bytes the daemon's machine took before it closed the connection, or the time was over.
    @discardableResult
    func send(_ bytes: [UInt8], waits: Bool = true) -> Int {
        bytes.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                let flags = Int32(MSG_NOSIGNAL) | (waits ? 0 : Int32(MSG_DONTWAIT))
                let count = Glibc.send(descriptor, bytes.baseAddress! + sent, bytes.count - sent, flags)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                sent += count
            }
            return sent
        }
    }

    /// Whether the daemon has closed it. What it may have answered before is read.
    var isClosed: Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count > 0 { continue }
            return count == 0 || (errno != EAGAIN && errno != EINTR)
        }
    }

    /// The status of the next answer, whose short body comes with it; nil where none came in time.
    func status() -> Int? {
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while answer.firstRange(of: [13, 10, 13, 10]) == nil {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            answer += buffer[..<count]
        }
        let words = String(decoding: answer.prefix(64), as: UTF8.self).split(separator: " ", maxSplits: 2)
        return words.count > 1 ? Int(words[1]) : nil
    }
}

/// A POST to the webhook address.
enum LoadRequest {
    /// - Parameters:
    ///   - signature: nil: nobody signed it.
    ///   - length: what the header says of the body.
    static func head(signature: String?, length: Int) -> [UInt8] {
        var lines = [
            "POST /webhooks/messenger HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json",
            "Connection: close", "Content-Length: \(length)",
        ]
        if let signature { lines.append("X-Hub-Signature-256: \(signature)") }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }
}
