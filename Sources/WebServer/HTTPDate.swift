import Glibc
import Synchronization

/// The moment, as the `Date` header writes it (RFC 9110, section 5.6.7): written anew at most once a second, and only when
/// somebody asks.
final class HTTPDate: Sendable {
    private let latest = Mutex<(second: time_t, text: String)>((-1, ""))

    var text: String { text(at: time(nil)) }

    func text(at second: time_t) -> String {
        latest.withLock { latest in
            if latest.second != second { latest = (second, Self.text(of: second)) }
            return latest.text
        }
    }

    private static func text(of second: time_t) -> String {
        var (second, parts) = (second, tm())
        gmtime_r(&second, &parts)
        // dripd never sets a locale: the names are English.
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            let count = strftime(buffer.baseAddress, buffer.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
            return String(decoding: buffer[..<count].lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
