/// Folds lines at the terminal's width, between words. The terminal itself would break them anywhere.
enum LineFolding {
    /// Lines are not folded on a narrower terminal.
    private static let narrowest = 20

    /// - Parameter columns: the width of the terminal; nil if there is none, and the line stays as it is.
    static func lines(_ line: String, columns: Int?) -> [String] {
        guard let columns, columns >= narrowest, TextWidth.of(line) > columns else { return [line] }
        let prefix = continuation(of: line, columns: columns)
        var result: [String] = []
        var current = ""
        var width = 0
        for word in words(of: line) {
            let wordWidth = TextWidth.of(word.text)
            if width + wordWidth > columns, !current.allSatisfy({ $0 == " " }) {
                result.append(trimmed(current))
                // A word that is too long after the indentation gets less of it: a URL cut in two is useless.
                let room = columns - TextWidth.of(prefix)
                current = wordWidth <= room ? prefix : String(repeating: " ", count: max(0, columns - wordWidth))
                width = TextWidth.of(current)
            }
            current += word.text + word.spaces
            width += wordWidth + word.spaces.count
        }
        return result + [trimmed(current)]
    }

    /// Folds the text of a table cell to a width. A longer word is broken.
    static func cell(_ text: String, width: Int) -> [String] {
        guard TextWidth.of(text) > width else { return [text] }
        var result: [String] = []
        var current = ""
        var used = 0
        for word in words(of: text) {
            let wordWidth = TextWidth.of(word.text)
            if used > 0, used + wordWidth > width {
                result.append(trimmed(current))
                (current, used) = ("", 0)
            }
            if wordWidth > width {
                for character in word.text {
                    let characterWidth = TextWidth.of(character)
                    if used > 0, used + characterWidth > width {
                        result.append(current)
                        (current, used) = ("", 0)
                    }
                    current.append(character)
                    used += characterWidth
                }
            } else {
                current += word.text
                used += wordWidth
            }
            current += word.spaces
            used += word.spaces.count
        }
        return result + [trimmed(current)]
    }

    /// Returns the width of the longest word.
    static func longestWord(in text: String) -> Int {
        words(of: text).map { TextWidth.of($0.text) }.max() ?? 0
    }

    /// Returns the prefix of the continuation lines, which aligns them with the text in the last column of the first line.
    private static func continuation(of line: String, columns: Int) -> String {
        var column = 0
        var spaces = 0
        var indent: Int?
        var quoted = false
        for character in line {
            if character == " " {
                spaces += 1
            } else {
                if spaces >= 2, column <= columns * 6 / 10 {
                    indent = column
                    quoted = character == "│"
                }
                spaces = 0
            }
            column += TextWidth.of(character)
        }
        let leading = line.prefix { $0 == " " }.count
        return String(repeating: " ", count: indent.map { $0 > 0 ? $0 : 2 } ?? leading + 2) + (quoted ? "│ " : "")
    }

    private struct Word {
        var text = ""
        var spaces = ""
    }

    /// The longest command in backticks that is not folded, in characters.
    private static let longestCommand = 40

    /// Splits text at spaces, but not within a command in backticks, which people copy. Scripts without spaces may be folded
    /// between any two wide characters.
    private static func words(of text: String) -> [Word] {
        var words: [Word] = []
        var word = Word()
        var wasWide = false
        var commandEnd: String.Index?
        for index in text.indices {
            let character = text[index]
            if let end = commandEnd {
                word.text.append(character)
                if index == end { commandEnd = nil }
                continue
            }
            if character == "`", word.text.isEmpty || !word.spaces.isEmpty || "(".contains(word.text.last ?? " ") {
                let after = text.index(after: index)
                let end = text[after...].prefix(longestCommand).firstIndex(of: "`")
                if !word.spaces.isEmpty {
                    words.append(word)
                    word = Word()
                }
                commandEnd = end
                word.text.append(character)
                wasWide = false
                continue
            }
            if character == " " {
                word.spaces.append(character)
                wasWide = false
                continue
            }
            let isWide = TextWidth.of(character) > 1
            if !word.spaces.isEmpty || isWide && wasWide {
                words.append(word)
                word = Word()
            }
            word.text.append(character)
            wasWide = isWide
        }
        return words + [word]
    }

    private static func trimmed(_ line: String) -> String {
        var line = line[...]
        while line.last == " " { line.removeLast() }
        return String(line)
    }
}
