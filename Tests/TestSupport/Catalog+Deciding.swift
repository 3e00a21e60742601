package import DripCore

extension Catalog {
    /// Decides on an event with freshly parsed words.
    package func decide(
        _ event: Event,
        at: Instant,
        person: Person?,
        rounds: [String: Round],
        typed: Tap? = nil
    ) -> [Change] {
        decide(event, saying: EventWords(event), at: at, person: person, rounds: rounds, typed: typed)
    }

    package func isAwaited(_ comment: Comment, page: String) -> Bool {
        isAwaited(comment, saying: EventWords(.of(.comment(comment), key: "c:1")), page: page)
    }
}
