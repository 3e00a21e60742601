import DripCore
import Foundation

/// What a person has written in a mail: its text without quotes, signature and white space at its ends.
enum ReplyText {
    /// In scalars. More of a text is not read.
    private static let (longest, longestRead) = (20_000, 100_000)
    /// The most lines of an attribution: mail programs break "On Monday, … wrote:".
    private static let mostAttributionLines = 4
    private static let longestAttribution = 500

    static func written(in text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in OutsideText.bounded(text, scalars: longestRead).unicodeScalars where !scalar.isUnwanted {
            scalars.append(scalar)
        }
        let normal = String(scalars).precomposedStringWithCanonicalMapping
        let lines = normal.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map {
            String($0).trimmed
        }
        let kept = withoutMobileSignature(withoutQuotes(lines))
        return OutsideText.bounded(kept.joined(separator: "\n"), scalars: longest).trimmed
    }

    private static func withoutQuotes(_ lines: [String]) -> ArraySlice<String> {
        var kept: [String] = []
        var index = 0
        while index < lines.count {
            let line = lines[index]
            if line.hasPrefix(">") {
                index += 1
            } else if line == "--" || isSeparator(line) || isHeader(lines[index...]) {
                break
            } else if let length = attributionLength(lines[index...]) {
                // A quote without marks has no end.
                guard lines[(index + length)...].first(where: { !$0.isEmpty })?.hasPrefix(">") == true else { break }
                index += length
            } else {
                if !line.isEmpty || kept.last?.isEmpty == false { kept.append(line) }
                index += 1
            }
        }
        return kept[...]
    }

    /// `-----Original Message-----`, or the line of Outlook.
    private static func isSeparator(_ line: String) -> Bool {
        let isDashed = line.hasPrefix("---") && line.hasSuffix("---") && line.contains(where: \.isLetter)
        return isDashed || line.utf8.count >= 20 && line.utf8.allSatisfy { $0 == UInt8(ascii: "_") }
    }

    /// Whether the header of a quoted mail follows, as Outlook writes it.
    private static func isHeader(_ lines: ArraySlice<String>) -> Bool {
        guard let first = lines.first, isField(first, ["from", "từ"]) else { return false }
        let names = ["sent", "date", "to", "subject", "đã gửi", "ngày", "tới", "đến", "chủ đề"]
        return lines.dropFirst().prefix(5).count { isField($0, names) } >= 2
    }

    private static func isField(_ line: String, _ names: [String]) -> Bool {
        // In plain text, bold is written with asterisks.
        let name = line.prefix(20).prefix { $0 != ":" }.filter { $0 != "*" }.lowercased()
        return line.contains(":") && names.contains(name)
    }

    /// Returns the number of lines of "On … wrote:" or "Vào … đã viết:" at the beginning; nil if there is none.
    private static func attributionLength(_ lines: ArraySlice<String>) -> Int? {
        guard let first = lines.first, ["On ", "Vào ", "Lúc "].contains(where: first.hasPrefix) else { return nil }
        var text = ""
        for (index, line) in lines.prefix(mostAttributionLines).enumerated() {
            text += line
            guard text.utf8.count <= longestAttribution, !line.isEmpty else { return nil }
            let isEnd = ["wrote:", "đã viết:"].contains(where: text.hasSuffix)
            if isEnd { return text.contains { $0.isNumber || $0 == "@" } ? index + 1 : nil }
        }
        return nil
    }

    /// Telephones sign mails unasked: "Sent from my iPhone".
    private static func withoutMobileSignature(_ lines: ArraySlice<String>) -> ArraySlice<String> {
        guard let last = lines.lastIndex(where: { !$0.isEmpty }) else { return [] }
        let line = lines[last].lowercased()
        let english = ["sent from my ", "sent from yahoo", "sent from outlook", "get outlook for "]
        let outlook = ["tải outlook cho ", "nhận outlook cho "]
        let senders = ["iphone", "ipad", "yahoo", "outlook", "samsung", "điện thoại", "thiết bị", "ứng dụng"]
        let vietnamese = ["gửi từ ", "đã gửi từ ", "được gửi từ "].flatMap { verb in senders.map { verb + $0 } }
        return (english + outlook + vietnamese).contains(where: line.hasPrefix) ? lines[..<last] : lines
    }
}

extension Unicode.Scalar {
    /// Control characters other than line breaks and tabs: terminals obey them, and databases end texts at a zero.
    fileprivate var isUnwanted: Bool {
        switch value {
        case 0x09, 0x0a, 0x0d: false
        case 0x00..<0x20, 0x7f..<0xa0, 0xfeff: value != 0x85
        default: false
        }
    }
}
