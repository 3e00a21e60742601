import Foundation
import Testing

/// Text that has broken programs before.
struct HostileText: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String

    var testDescription: String { name }

    static let all: [HostileText] = [
        HostileText(name: "another header", text: "Chào\r\nBcc: evil@x.example"),
        HostileText(name: "another header after a line feed", text: "Chào\nX-Evil: 1\n\n<b>body</b>"),
        HostileText(name: "another header after a carriage return", text: "Chào\rX-Evil: 1"),
        HostileText(
            name: "the end of the message",
            text: "Chào\r\n.\r\nMAIL FROM:<evil@x.example>\r\nRCPT TO:<x@y.example>\r\nDATA"
        ),
        HostileText(name: "mixed line breaks", text: "a\r\r\nb\n\rc\r\n\r\nd\r\re"),
        HostileText(name: "a NUL", text: "a\u{0}b"),
        HostileText(name: "control characters", text: "a\u{7}\u{8}\u{1B}[31m\u{7F}b"),
        HostileText(name: "a tab", text: "a\tb"),
        HostileText(name: "the right-to-left override", text: "\u{202E}olleh\u{202C} \u{2066}x\u{2069}"),
        HostileText(name: "other line separators", text: "a\u{2028}b\u{2029}c\u{85}d\u{B}e\u{C}f"),
        HostileText(name: "emoji", text: "👩‍👩‍👧 🇻🇳 👍🏽 1️⃣"),
        HostileText(name: "Vietnamese", text: "Chào bạn, một tuần rồi đấy ạ"),
        HostileText(
            name: "decomposed Vietnamese",
            text: "Chào bạn, một tuần rồi đấy ạ".decomposedStringWithCanonicalMapping
        ),
        HostileText(name: "a script", text: "<script>alert('1')</script>\"><img src=x onerror=alert(1)>&lt;&amp;"),
        HostileText(name: "markup with marks", text: "\"\u{301} onclick=x <\u{338}b> &\u{301}lt; >\u{301}"),
        HostileText(name: "dots at line starts", text: ".\n..\n.a\n..b\n."),
        HostileText(name: "mailbox separators", text: "From me\nFrom you\n>From them"),
        HostileText(
            name: "a dot and From where a line is folded",
            text: String(repeating: "a", count: 75) + ".b " + String(repeating: "c", count: 72) + "From d"
        ),
        HostileText(name: "quotes and a backslash", text: #"say "hi" \ 'there' \" (x) <a@b.example>, c:;"#),
        HostileText(name: "an encoded word", text: "=?UTF-8?B?QmNjOiBldmls?= =?UTF-8?Q?a?="),
        HostileText(name: "quoted-printable", text: "=41=0D=0A= =\n=3D"),
        HostileText(name: "a boundary", text: "--=_a\r\n--=_a--\r\n--"),
        HostileText(name: "placeholders", text: "{{name}} %s %n ${x} $(reboot) `reboot` \\u0000 \\r\\n"),
        HostileText(name: "JSON", text: #"","admin":true,"x":"\u0000"#),
        HostileText(name: "a byte order mark", text: "\u{FEFF}a\u{FFFE}b"),
        HostileText(name: "many marks", text: "a" + String(repeating: "\u{301}", count: 300)),
        HostileText(name: "spaces", text: "a  b   c"), HostileText(name: "a space before a mark", text: "a \u{301}b"),
    ]

    /// 100 kB, as one line and as many.
    static let large: [HostileText] = [
        HostileText(name: "100 kB in a line", text: String(repeating: "Chào bạn 👋 ", count: 6_000) + "."),
        HostileText(name: "100 kB in lines", text: String(repeating: "Một tuần rồi\n.From\n", count: 5_000) + "."),
    ]

    /// The text with line breaks as readers of mail give them. It goes by bytes: CRLF is one `Character`.
    static func unified(_ text: String) -> String {
        var bytes: [UInt8] = []
        var last: UInt8 = 0
        for byte in text.utf8 {
            if byte != 0x0a || last != 0x0d { bytes.append(byte == 0x0d ? 0x0a : byte) }
            last = byte
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text with one space for all white space in a row, as HTML shows it.
    static func words(_ text: String?) -> String {
        let words = (text ?? "").unicodeScalars.split { ["\n", "\r", "\t", "\u{C}", " "].contains($0) }
        return words.map { String($0) }.joined(separator: " ")
    }

    /// Whether a text can begin another header, or end one.
    static func hasControl(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    /// Equality by scalars: Swift's is by canonical equivalence.
    static func same(_ one: String?, _ other: String) -> Bool {
        one.map { $0.unicodeScalars.elementsEqual(other.unicodeScalars) } ?? false
    }

    /// Whether a text begins with another one, by scalars.
    static func begins(_ text: String?, _ beginning: String) -> Bool {
        text.map { $0.unicodeScalars.starts(with: beginning.unicodeScalars) } ?? false
    }

    /// Whether a text has another one in it, by scalars.
    static func contains(_ text: String?, _ other: String) -> Bool {
        text.map { Array($0.utf8).firstRange(of: Array(other.utf8)) != nil } ?? false
    }
}
