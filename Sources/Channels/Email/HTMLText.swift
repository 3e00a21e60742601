import Foundation

/// The text of an HTML mail, without styles, scripts and quotes. It does not build a tree, so that HTML that is not
/// well-formed has a text, too.
struct HTMLText {
    private var text: [UInt8] = []
    /// The number of open `blockquote` elements, in which mail programs quote.
    private var quotes = 0
    /// The element that is left out until it ends.
    private var hidden: String?

    private static let hiddenElements: Set = ["style", "script", "title"]
    private static let blocks: Set = [
        "br", "p", "div", "tr", "li", "ul", "ol", "table", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "pre",
        "blockquote",
    ]

    static func text(of html: [UInt8]) -> String {
        var reader = HTMLText()
        reader.read(html[...])
        return String(decoding: reader.text, as: UTF8.self)
    }

    private mutating func read(_ html: ArraySlice<UInt8>) {
        var rest = html
        while let byte = rest.first {
            // A script may have brackets of its own.
            let mayBeTag = byte == UInt8(ascii: "<") && (hidden == nil || rest.starts(with: "</".utf8))
            if mayBeTag, let tag = Tag(rest) {
                take(tag)
                rest = rest.dropFirst(tag.length)
            } else if hidden != nil || quotes > 0 {
                rest = rest.dropFirst()
            } else if byte == UInt8(ascii: "&"), let entity = Entity(rest) {
                text += entity.text.utf8
                rest = rest.dropFirst(entity.length)
            } else {
                let isSpace = byte == 0x20 || (0x09...0x0d).contains(byte)
                if !isSpace {
                    text.append(byte)
                } else if let last = text.last, last != 0x20, last != 0x0a {
                    text.append(0x20)
                }
                rest = rest.dropFirst()
            }
        }
    }

    private mutating func take(_ tag: Tag) {
        if let hidden {
            if tag.isEnd, tag.name == hidden { self.hidden = nil }
            return
        }
        if Self.hiddenElements.contains(tag.name), !tag.isEnd { hidden = tag.name }
        if tag.name == "blockquote" { quotes = max(0, quotes + (tag.isEnd ? -1 : 1)) }
        if Self.blocks.contains(tag.name) { text.append(0x0a) }
    }
}

/// A tag or a comment at the beginning of some bytes.
private struct Tag {
    /// In lower case; empty for a comment or a declaration.
    let name: String
    let isEnd: Bool
    /// With its brackets. One that does not end takes all bytes.
    let length: Int

    private static let longestName = 20

    /// - Returns: nil if the bracket begins no tag.
    init?(_ bytes: ArraySlice<UInt8>) {
        let start = bytes.dropFirst()
        guard let first = start.first else { return nil }
        isEnd = first == UInt8(ascii: "/")
        let named = isEnd ? start.dropFirst() : start
        let letters = named.prefix(Self.longestName).prefix { $0.isASCIIAlphanumeric }
        guard !letters.isEmpty || first == UInt8(ascii: "!") || first == UInt8(ascii: "?") else { return nil }
        name = String(decoding: letters, as: UTF8.self).lowercased()
        if start.starts(with: "!--".utf8) {
            length = Self.comment(bytes)
        } else {
            length = Self.tag(bytes)
        }
    }

    private static func comment(_ bytes: ArraySlice<UInt8>) -> Int {
        var dashes = 0
        for (index, byte) in bytes.enumerated().dropFirst(4) {
            if byte == UInt8(ascii: ">"), dashes >= 2 { return index + 1 }
            dashes = byte == UInt8(ascii: "-") ? dashes + 1 : 0
        }
        return bytes.count
    }

    /// A bracket in a quoted value does not end the tag.
    private static func tag(_ bytes: ArraySlice<UInt8>) -> Int {
        var quote: UInt8?
        var last: UInt8 = 0
        for (index, byte) in bytes.enumerated() {
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: ">") {
                return index + 1
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'"), last == UInt8(ascii: "=") {
                quote = byte
            }
            if byte != 0x20 { last = byte }
        }
        return bytes.count
    }
}

/// A character reference at the beginning of some bytes: `&nbsp;`, `&agrave;`, `&#7915;`, `&#x1EEB;`.
private struct Entity {
    let text: String
    let length: Int

    private static let longest = 10
    private static let names = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "hellip": "…", "ndash": "–",
        "mdash": "—",
        "lsquo": "‘", "rsquo": "’", "ldquo": "“", "rdquo": "”", "eth": "ð", "ETH": "Ð",
    ]
    /// The marks of letters, combining.
    private static let marks = [
        "grave": "\u{300}", "acute": "\u{301}", "circ": "\u{302}", "tilde": "\u{303}", "uml": "\u{308}",
    ]

    init?(_ bytes: ArraySlice<UInt8>) {
        let name = bytes.dropFirst().prefix(Self.longest).prefix { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "#") }
        guard bytes.dropFirst(1 + name.count).first == UInt8(ascii: ";") else { return nil }
        guard let text = Self.text(String(decoding: name, as: UTF8.self)) else { return nil }
        self.text = text
        length = name.count + 2
    }

    private static func text(_ name: String) -> String? {
        if let known = names[name] { return known }
        guard name.hasPrefix("#") else {
            guard let letter = name.first, let mark = marks[String(name.dropFirst())] else { return nil }
            return String(letter) + mark
        }
        let digits = name.dropFirst()
        let value = digits.lowercased().hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return value.flatMap(Unicode.Scalar.init).map { $0.value == 0xA0 ? " " : String($0) }
    }
}

extension UInt8 {
    fileprivate var isASCIIAlphanumeric: Bool {
        (0x30...0x39).contains(self) || (0x41...0x5a).contains(self) || (0x61...0x7a).contains(self)
    }
}
