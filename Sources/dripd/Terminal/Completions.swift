import ArgumentParser
import ControlAPI
import DripCore
import Foundation
import SequenceFiles

extension CompletionKind {
    /// Files of YAML, and folders.
    static let yaml = CompletionKind.file(extensions: ["yaml", "yml"])
}

/// What Tab offers: names from the sequence files, tags and people from the daemon. A completion has no room for an error, so
/// what cannot be found out is not offered.
enum Completions {
    static let sequences = kind { words in catalog(words)?.sequences.keys.map(\.self) ?? [] }

    /// The steps of the sequences that are named before; of all if none is.
    static let steps = kind { words in
        let sequences = (catalog(words)?.sequences.values).map(Array.init) ?? []
        let named = sequences.filter { words.contains($0.id) }
        return (named.isEmpty ? sequences : named).flatMap { $0.steps.map(\.id) }
    }

    static let people = kind(asking: { words in await people(words).map(\.person) })
    static let tags = kind(asking: { words in await people(words).flatMap(\.tags) })
    static let peopleOrTags = kind(asking: { words in await people(words).flatMap { [$0.person] + $0.tags } })
    static let pages = kind { words in (try? options(words)?.places.configuration)?.messenger.pages.map(\.id) ?? [] }

    /// The most people to read: someone is waiting for the list.
    private static let mostPeople = 500

    private static func kind(_ words: @escaping @Sendable ([String]) -> [String]) -> CompletionKind {
        .custom { line, _, prefix in offered(words(line), prefix) }
    }

    private static func kind(asking words: @escaping @Sendable ([String]) async -> [String]) -> CompletionKind {
        .custom { line, _, prefix in offered(await words(line), prefix) }
    }

    private static func offered(_ words: [String], _ prefix: String) -> [String] {
        Set(words).filter { $0.hasPrefix(prefix) && isPlain($0) }.sorted()
    }

    /// Whether a shell takes the word as it is. Bash expands what it is offered, so that `$(…)` in a tag would be run.
    private static func isPlain(_ word: String) -> Bool {
        word.allSatisfy { $0.isLetter || $0.isNumber || "-_./:@+=".contains($0) }
    }

    private static func people(_ words: [String]) async -> [PersonSummary] {
        let request = PeopleRequest(filter: PeopleFilter(), from: .start, limit: mostPeople)
        let answer: PeoplePart? = try? await options(words)?.client.post("/people/list", request)
        return answer?.people ?? []
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
