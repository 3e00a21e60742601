/// Finds the known word that a misspelled one probably meant.
package enum Spelling {
    /// Returns the nearest of `words`, or the first of several equally near ones; nil if none is near. A truncated word is
    /// nearest to a word that begins with it.
    package static func nearest(to word: String, of words: [String]) -> String? {
        let typed = Array(word.lowercased())
        guard !typed.isEmpty, typed.count <= 64 else { return nil }
        var best: (word: String, distance: Int)?
        for candidate in words {
            let known = Array(candidate.lowercased())
            let distance = known.starts(with: typed) ? 0 : distance(typed, known)
            guard isNear(typed, known, distance), distance < best?.distance ?? .max else { continue }
            best = (candidate, distance)
        }
        return best?.word
    }

    /// Allows one typo per three characters. In words of one or two characters, which are all near each other, the first
    /// character must match.
    private static func isNear(_ typed: [Character], _ known: [Character], _ distance: Int) -> Bool {
        distance <= max(1, typed.count / 3) && (typed.count > 2 || typed.first == known.first)
    }

    /// Returns the Damerau-Levenshtein distance ("optimal string alignment" variant): the number of deletions, insertions,
    /// substitutions and swaps of adjacent characters.
    static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var older = [Int](repeating: 0, count: right.count + 1)
        var previous = Array(0...right.count)
        for (row, character) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(previous[column + 1] + 1, current[column] + 1)
                cost = min(cost, previous[column] + (character == other ? 0 : 1))
                if row > 0, column > 0, character == right[column - 1], left[row - 1] == other {
                    cost = min(cost, older[column - 1] + 1)
                }
                current.append(cost)
            }
            (older, previous) = (previous, current)
        }
        return previous[right.count]
    }
}
