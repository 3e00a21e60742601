import ArgumentParser
import ControlAPI
import DripCore
import Foundation
import SequenceFiles
import Synchronization

extension CompletionKind {
    /// Files of YAML, and folders.
    static let yaml = CompletionKind.file(extensions: ["yaml", "yml"])
}

/// What Tab offers: names from the sequence files, tags and people from the daemon. A completion has no room for an error, so
/// what cannot be found out is not offered.
enum Completions {
    static let sequences = kind { words in (catalog(words)?.sequences.keys).map(Array.init) ?? [] }

    /// The steps of the sequences that are named before; of all if none is.
    static let steps = kind { words in
        let sequences = (catalog(words)?.sequences.values).map(Array.init) ?? []
        let named = sequences.filter { words.contains($0.id) }
        return (named.isEmpty ? sequences : named).flatMap { $0.steps.map(\.id) }
    }

    static let people = kind(of: { [$0.person] })
    static let tags = kind(of: \.tags)
    static let peopleOrTags = kind(of: { [$0.person] + $0.tags })
    static let pages = kind { words in (try? options(words)?.places.configuration)?.messenger.pages.map(\.id) ?? [] }

    /// Tab has to answer quickly, so that people are read only so long, and only until there are so many words.
    private static let longest = Duration.seconds(1)
    private static let mostWords = 200

    private static func kind(_ words: @escaping @Sendable ([String]) -> [String]) -> CompletionKind {
        .custom { line, _, prefix in Set(words(line)).filter { isOffered($0, prefix) }.sorted() }
    }

    private static func kind(of words: @escaping @Sendable (PersonSummary) -> [String]) -> CompletionKind {
        .custom { line, _, prefix in
            let found = Mutex<Set<String>>([])
            let (answers, answer) = AsyncStream.makeStream(of: Never.self)
            let reading = Task {
                defer { answer.finish() }
                guard let client = try options(line)?.client else { return }
                var place: PeoplePlace? = .start
                while let from = place, found.withLock({ $0.count }) < mostWords, !Task.isCancelled {
                    let request = PeopleRequest(filter: PeopleFilter(), from: from, limit: 1000)
                    let part: PeoplePart = try await client.post("/people/list", request)
                    let new = part.people.flatMap(words).filter { isOffered($0, prefix) }
                    found.withLock { $0.formUnion(new) }
                    place = part.next
                }
            }
            Task {
                try? await Task.sleep(for: longest)
                answer.finish()
            }
            for await _ in answers {}
            reading.cancel()
            return found.withLock { $0.sorted() }
        }
    }

    /// Returns whether a word fits what was typed, and every shell takes it as it is: bash runs `$(…)` in what it is offered, zsh
    /// cuts it at a colon, and a hyphen begins an option.
    private static func isOffered(_ word: String, _ prefix: String) -> Bool {
        word.hasPrefix(prefix) && !word.hasPrefix("-")
            && word.allSatisfy { $0.isLetter || $0.isNumber || "-_./@+=".contains($0) }
    }

    private static func catalog(_ words: [String]) -> Catalog? {
        guard let places = options(words)?.places, let paths = try? places.sequences([]) else { return nil }
        return SequenceFolder.load(paths: paths, defaultZone: .gmt).catalog
    }

    /// The options of the command line so far that say which daemon is meant.
    private static func options(_ words: [String]) -> ControlOptions? {
        var named: [String] = []
        for (index, word) in words.enumerated() {
            for option in ["--config", "--control-socket"] {
                if word == option, index + 1 < words.count { named += [option, words[index + 1]] }
                if word.hasPrefix(option + "=") { named.append(word) }
            }
        }
        return try? ControlOptions.parse(named)
    }
}
