/// Words in quotes, one after the other, as a sentence has them.
enum Words {
    /// `'a', 'b'`
    static func list(_ words: [String]) -> String {
        words.map { "'\($0)'" }.joined(separator: ", ")
    }

    /// `'a', 'b' or 'c'`
    static func either(_ words: [String]) -> String {
        joined(words, "or")
    }

    /// `'a', 'b' and 'c'`
    static func all(_ words: [String]) -> String {
        joined(words, "and")
    }

    private static func joined(_ words: [String], _ conjunction: String) -> String {
        guard let last = words.last, words.count > 1 else { return list(words) }
        return "\(list(words.dropLast())) \(conjunction) '\(last)'"
    }
}
