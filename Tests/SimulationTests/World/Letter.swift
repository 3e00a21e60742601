extension World {
    /// A webhook's event on its way, through all tries.
    final class Letter {
        let letter: SimulatedPlatform.Letter
        /// Index of the fact that it tells.
        let fact: Int?
        let since: Int64
        var tries = 0

        init(_ letter: SimulatedPlatform.Letter, fact: Int?, since: Int64) {
            self.letter = letter
            self.fact = fact
            self.since = since
        }
    }
}
