import Foundation
import Glibc

/// Many connections of one stranger, who sends as much as is taken.
final class Crowd {
    private var members: [Member] = []

    private struct Member {
        let descriptor: Int32
        var rest: ArraySlice<UInt8>
        var answer: [UInt8] = []
        var isOver = false
    }

    init(_ count: Int, port: Int, sending bytes: [UInt8]) throws {
        for _ in 0..<count {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            address.sin_port = UInt16(port).bigEndian
            let code = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard descriptor >= 0, code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            members.append(Member(descriptor: descriptor, rest: bytes[...]))
        }
    }

    deinit {
        for member in members { close(member.descriptor) }
    }

    /// The statuses that were answered; of those who got none, 0.
    var statuses: [Int: Int] {
        Dictionary(
            members.map { member in
                let line = String(decoding: member.answer.prefix(12), as: UTF8.self)
                return (line.hasPrefix("HTTP/1.1 ") ? Int(line.suffix(3)) ?? 0 : 0, 1)
            },
            uniquingKeysWith: +
        )
    }

    var firstAnswers: [String] {
        members.map { String(decoding: $0.answer, as: UTF8.self) }.filter { !$0.isEmpty }
    }

    /// Sends until nothing more is taken, or all is sent.
    func press() {
        var waiting = 0
        // For as long as any of it is taken within half a second.
        while waiting < 50 {
            var moved = false
            for index in members.indices where step(index) { moved = true }
            if moved {
                waiting = 0
            } else {
                waiting += 1
                poll(nil, 0, 10)
            }
        }
    }

    private func step(_ index: Int) -> Bool {
        guard !members[index].isOver else { return false }
        let descriptor = members[index].descriptor
        var moved = false
        var buffer = [UInt8](repeating: 0, count: 4096)
        let received = recv(descriptor, &buffer, buffer.count, 0)
        if received > 0 {
            members[index].answer += buffer.prefix(received)
            moved = true
        } else if received == 0 || errno != EAGAIN {
            members[index].isOver = true
        }
        guard !members[index].rest.isEmpty else { return moved }
        let sent = members[index].rest.withUnsafeBytes {
            Glibc.send(descriptor, $0.baseAddress, min($0.count, 65_536), Int32(MSG_NOSIGNAL))
        }
        if sent > 0 {
            members[index].rest.removeFirst(sent)
            moved = true
        }
        return moved
    }
}
