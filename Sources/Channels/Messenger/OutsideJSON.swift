import Foundation

/// Reads JSON from outside, whose size is bounded and whose form is not: what would take more than a time that is linear in its
/// size is none of the platform's, and is not read.
enum OutsideJSON {
    /// Bytes of a key; the platform's have some thirty. A dictionary normalises its keys, which is quadratic in a row of marks.
    private static let longestKey = 256

    /// - Returns: nil where it is not JSON, or has a key that nobody writes.
    static func value(_ data: Data) -> Any? {
        guard hasPlainKeys(data) else { return nil }
        return try? JSONSerialization.jsonObject(with: data)
    }

    static func object(_ bytes: [UInt8]) -> [String: Any]? {
        value(Data(bytes)) as? [String: Any]
    }

    /// Whether each text that a colon follows is short enough. In what is not JSON the answer does not matter.
    private static func hasPlainKeys(_ data: Data) -> Bool {
        data.withUnsafeBytes { bytes in
            var (index, length) = (0, 0)
            while index < bytes.count {
                switch bytes[index] {
                case UInt8(ascii: "\""):
                    let start = index + 1
                    index = start
                    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                        index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
                    }
                    length = index - start
                case UInt8(ascii: ":"):
                    if length > longestKey { return false }
                    length = 0
                case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): break
                default: length = 0
                }
                index += 1
            }
            return true
        }
    }
}
