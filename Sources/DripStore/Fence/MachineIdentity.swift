import Crypto
package import Foundation

/// What tells this machine from others, without telling which it is.
package enum MachineIdentity {
    /// dripd's own, from `systemd-id128 new`: what other programs make of the same machine's id looks different.
    private static let application: [UInt8] = [
        0x5c, 0x0e, 0x8e, 0x3a, 0x1b, 0x7d, 0x4f, 0x86, 0x9a, 0x2c, 0x61, 0xd4, 0x0b, 0x93, 0xe7, 0x58,
    ]

    /// As `sd_id128_get_machine_app_specific(3)` makes it of the content of `/etc/machine-id`, which itself is not to be
    /// handed around (machine-id(5)).
    /// - Returns: nil where there is none, as in a container, or none yet ("uninitialized").
    package static func of(machineID text: Data?) -> String? {
        guard let text else { return nil }
        let digits = String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard digits.utf8.count == 32, digits.allSatisfy(\.isHexDigit) else { return nil }
        let pairs = stride(from: 0, to: 32, by: 2).map { offset in
            let start = digits.index(digits.startIndex, offsetBy: offset)
            return UInt8(digits[start...].prefix(2), radix: 16) ?? 0
        }
        let code = HMAC<SHA256>.authenticationCode(for: application, using: SymmetricKey(data: pairs))
        var id = Array(code.prefix(16))
        id[6] = id[6] & 0x0f | 0x40
        id[8] = id[8] & 0x3f | 0x80
        return id.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// This one's.
    package static func current() -> String? {
        of(machineID: try? Data(contentsOf: URL(fileURLWithPath: "/etc/machine-id")))
    }
}
