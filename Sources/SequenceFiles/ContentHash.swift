import Crypto
import DripCore
import Foundation

/// Names a file's content: SHA-256, in lower-case hex.
enum ContentHash {
    static func hex(of bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).hexadecimal
    }
}
