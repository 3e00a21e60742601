/// A command line's words, as a shell parts them: quotes of both kinds, and nothing else of a shell.
enum ShellWords {
    /// - Throws: `Failure` where a quote is not closed.
    static func split(_ line: String) throws -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        for character in line {
            if let open = quote {
                if character == open { quote = nil } else { word?.append(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character == " " {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let quote { throw Failure("the quote \(quote) is not closed") }
        return words + (word.map { [$0] } ?? [])
    }
}
