/// Which known word a misspelt one was probably meant to be.
package enum Spelling {
    /// The nearest of `words`, the first of several equally near ones; nil when none is near. A
    /// word that was broken off is nearest to what it begins.
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

    /// One slip in three characters; in words of one or two characters, which are all near each other, the first
    /// character must be right.
    private static func isNear(_ typed: [Character], _ known: [Character], _ distance: Int) -> Bool {
        distance <= max(1, typed.count / 3) && (typed.count > 2 || typed.first == known.first)
    }

    /// Damerau and Levenshtein's distance (its "optimal string alignment" form): characters left out, put in, changed,
    /// or swapped with a neighbour.
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
