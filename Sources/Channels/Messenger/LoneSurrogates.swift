import Foundation

/// `\ud83d` without the escape of its other half: what is left of an emoji that was cut in two. Foundation reads no JSON with
/// one, and a webhook that is refused for it would come again until the platform ends the page's subscription.
enum LoneSurrogates {
    /// The JSON with the replacement character in the place of each; nil if it has none.
    static func replaced(in json: Data) -> Data? {
        var bytes = Array(json)
        var isWhole = true
        var index = 0
        while let backslash = bytes[index...].firstIndex(of: UInt8(ascii: "\\")) {
            index = backslash + 2
            guard index < bytes.count else { break }
            guard let unit = unit(bytes, at: backslash), (0xD800...0xDFFF).contains(unit) else { continue }
            index = backslash + 6
            if unit < 0xDC00, let other = self.unit(bytes, at: index), (0xDC00...0xDFFF).contains(other) {
                index += 6
            } else {
                // It has as many bytes.
                for (offset, byte) in #"\ufffd"#.utf8.enumerated() { bytes[backslash + offset] = byte }
                isWhole = false
            }
        }
        return isWhole ? nil : Data(bytes)
    }

    /// The UTF-16 code unit of the escape that begins here, if one does.
    private static func unit(_ bytes: [UInt8], at start: Int) -> UInt16? {
        guard start + 6 <= bytes.count, bytes[start] == UInt8(ascii: "\\"), bytes[start + 1] == UInt8(ascii: "u") else {
            return nil
        }
        return UInt16(String(decoding: bytes[start + 2..<start + 6], as: UTF8.self), radix: 16)
    }
}
