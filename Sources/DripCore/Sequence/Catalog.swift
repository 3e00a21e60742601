package import Foundation

/// The sequences in force. Immutable: a reload makes a new one.
package struct Catalog: Sendable {
    /// The zone of people and sequences that name none.
    package let zone: TimeZone
    package let sequences: [String: DripSequence]
    /// By which messages people say that they want nothing more.
    package var optOut = OptOut.standard
    /// By which subscriptions a page may write behind the window, by page; none where it is not in here.
    package var lanes: [String: SubscriptionLanes] = [:]
    /// nil: a person gets as many messages as the sequences have.
    package var dailyLimit: DailyLimit?
    /// How many comments without an author an account answers in an hour; nil: no limit.
    package var unnamedRepliesPerHour: Int? = CatalogSettings.standardUnnamedReplies
    /// What was due until then may have been sent by another copy of the state, before this one was put in its place.
    package var sentElsewhereUntil: Instant?
    /// How far edits have been applied to the people under way, by sequence; empty where no edit is being applied.
    package var edits: [String: EditCursor] = [:]
    /// Earlier versions that people finish (`on_edit: pin`), by hash.
    package let pinned: [String: DripSequence]
    /// Of all quick replies that do something here.
    package let quickReplyTitles: Set<Phrase>

    package init(zone: TimeZone, sequences: [DripSequence], pinned: [DripSequence] = []) {
        self.zone = zone
        self.sequences = Dictionary(uniqueKeysWithValues: sequences.map { ($0.id, $0) })
        self.pinned = Dictionary(pinned.map { ($0.hash, $0) }, uniquingKeysWith: { first, _ in first })
        quickReplyTitles = Set(
            (sequences + pinned).flatMap(\.steps).flatMap(\.quickReplies).compactMap { reply in
                if case .answer(let title, _) = reply { Phrase(title) } else { nil }
            }
        )
    }

    /// The same, with what the configuration says. The one way to complete a catalog: the daemon, `check` and `simulate`
    /// decide by the same rules.
    package func with(_ settings: CatalogSettings) -> Catalog {
        var catalog = self
        catalog.optOut = settings.optOut
        catalog.lanes = settings.lanes
        catalog.dailyLimit = settings.dailyLimit
        catalog.unnamedRepliesPerHour = settings.unnamedRepliesPerHour
        return catalog
    }

    /// The same, with these earlier versions for whoever is pinned to one.
    package func pinning(_ versions: [DripSequence]) -> Catalog {
        var catalog = Catalog(
            zone: zone,
            sequences: Array(sequences.values),
            pinned: Array(pinned.values) + versions
        )
        catalog.optOut = optOut
        catalog.lanes = lanes
        catalog.dailyLimit = dailyLimit
        catalog.unnamedRepliesPerHour = unnamedRepliesPerHour
        catalog.sentElsewhereUntil = sentElsewhereUntil
        catalog.edits = edits
        return catalog
    }

    /// Whether a sequence starts by comments on the page's posts.
    package var startsByComments: Bool {
        sequences.values.contains { sequence in
            sequence.start.contains { rule in
                if case .comment = rule { return true }
                return false
            }
        }
    }

    /// All that sequences look for in comments.
    package var commentKeywords: [Phrase] {
        sequences.values.flatMap(\.start).flatMap { rule in
            if case .comment(let rule) = rule { rule.contains } else { [] as [Phrase] }
        }
    }

    /// What a message says, if that is the title of any quick reply.
    package func quickReplyTitle(in words: EventWords) -> Phrase? {
        guard !quickReplyTitles.isEmpty, let phrase = words.phrase, quickReplyTitles.contains(phrase) else {
            return nil
        }
        return phrase
    }

    /// What the quick reply of a step does that is called so; nil where there is none, or more than one that do different things.
    package func tap(named title: Phrase, of step: String, in sequence: String, version: String?) -> Tap? {
        guard let inForce = self[sequence] else { return nil }
        let pinnedTo = inForce.onEdit == .pin ? version.flatMap { pinned[$0] } : nil
        let sequence = pinnedTo ?? inForce
        guard let step = sequence.step(sequence.currentName(of: step))
        else { return nil }
        let taps = step.quickReplies.compactMap { reply in
            if case .answer(let name, let tap) = reply, Phrase(name) == title { tap } else { nil as Tap? }
        }
        return Set(taps).count == 1 ? taps[0] : nil
    }

    /// Those that steps name which the page sends.
    package func personas(of page: String) -> Set<String> {
        Set(sequences.values.filter { $0.isFor(page: page) }.flatMap { $0.steps.compactMap(\.persona) })
    }

    package subscript(id: String) -> DripSequence? {
        sequences[id]
    }
}

extension Catalog {
    /// Names what a change of is a change of the sequence: the file, the configured zone where the file names none, and the
    /// files beside it that its steps send.
    package func version(of sequence: DripSequence) -> String {
        let files = sequence.steps.flatMap(\.files).map(\.file)
        let media = files.isEmpty ? "" : " " + Seed.hex(of: files.flatMap(\.identity))
        return "\(sequence.hash) \((sequence.zone ?? zone).identifier)\(media)"
    }

    /// Names the change from these versions, by sequence, to this catalog: what `dripd plan` shows and `dripd apply` may be
    /// held to. How many people it touches is not part of it: that changes by itself.
    package func planHash(from known: [String: String]) -> String {
        let now = sequences.mapValues(version)
        let changed = Set(known.keys).union(now.keys).filter { known[$0] != now[$0] }.sorted()
        return Seed.hex(of: changed.flatMap { [$0, known[$0] ?? "", now[$0] ?? ""] })
    }
}
