package import Foundation

/// The sequences in force. Immutable: a reload creates a new catalog.
package struct Catalog: Sendable {
    /// The zone of people and sequences without their own.
    package let zone: TimeZone
    package let sequences: [String: DripSequence]
    /// The phrases that people use to opt out or to ask for messages again.
    package var optOut = OptOut.standard
    /// The subscriptions that a page may use outside the window, by page; none for a page without an entry.
    package var subscriptionPolicies: [String: SubscriptionPolicy] = [:]
    /// The channels that the configuration has accounts for, in its order.
    package var channels: [ConfiguredChannel] = []
    /// Returns a `LinkVariable` for the person with an address; nil if there are no pages.
    package var link: (@Sendable (String, AddressID) -> String?)?
    /// The daily limit per person; nil for no limit.
    package var dailyLimit: DailyLimit?
    /// The most comments without an author that an account answers in an hour; nil for no limit.
    package var unnamedRepliesPerHour: Int? = CatalogSettings.standardUnnamedReplies
    /// Jobs due until then may have been sent by another copy of the state, before this one replaced it.
    package var sentElsewhereUntil: Instant?
    /// How far edits have been applied to the people under way, by sequence; empty if no edit is being applied.
    package var edits: [String: EditCursor] = [:]
    /// Earlier versions that people finish (`on_edit: pin`), by hash.
    package let pinned: [String: DripSequence]
    /// The titles of all quick replies that have an effect in dripd.
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

    /// Returns the catalog with the settings of the configuration. The daemon, `check` and `simulate` all complete
    /// their catalogs here, so that they decide by the same rules.
    package func with(_ settings: CatalogSettings) -> Catalog {
        var catalog = self
        catalog.optOut = settings.optOut
        catalog.subscriptionPolicies = settings.subscriptionPolicies
        catalog.channels = settings.channels
        catalog.link = settings.link
        catalog.dailyLimit = settings.dailyLimit
        catalog.unnamedRepliesPerHour = settings.unnamedRepliesPerHour
        return catalog
    }

    /// Returns the catalog with these earlier versions, for the enrollments pinned to them.
    package func pinning(_ versions: [DripSequence]) -> Catalog {
        var catalog = Catalog(
            zone: zone,
            sequences: Array(sequences.values),
            pinned: Array(pinned.values) + versions
        )
        catalog.optOut = optOut
        catalog.subscriptionPolicies = subscriptionPolicies
        catalog.channels = channels
        catalog.link = link
        catalog.dailyLimit = dailyLimit
        catalog.unnamedRepliesPerHour = unnamedRepliesPerHour
        catalog.sentElsewhereUntil = sentElsewhereUntil
        catalog.edits = edits
        return catalog
    }

    /// Whether any sequence starts by comments on the page's posts.
    package var startsByComments: Bool {
        sequences.values.contains { sequence in
            sequence.start.contains { rule in
                if case .comment = rule { return true }
                return false
            }
        }
    }

    /// All keywords that sequences look for in comments.
    package var commentKeywords: [Phrase] {
        sequences.values.flatMap(\.start).flatMap { rule in
            if case .comment(let rule) = rule { rule.contains } else { [] as [Phrase] }
        }
    }

    /// Returns the message's phrase if it is the title of any quick reply.
    package func quickReplyTitle(in words: EventWords) -> Phrase? {
        guard !quickReplyTitles.isEmpty, let phrase = words.phrase, quickReplyTitles.contains(phrase) else {
            return nil
        }
        return phrase
    }

    /// Returns the effect of the step's quick reply with this title; nil if there is none, or if several have different
    /// effects.
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

    /// Returns the personas of all steps that the page sends.
    package func personas(of page: String) -> Set<String> {
        Set(sequences.values.filter { $0.isFor(page: page) }.flatMap { $0.steps.compactMap(\.persona) })
    }

    package subscript(id: String) -> DripSequence? {
        sequences[id]
    }
}

extension Catalog {
    /// Returns what identifies a version of the sequence: the file, the configured zone if the file names none, and the
    /// media files that its steps send.
    package func version(of sequence: DripSequence) -> String {
        let files = sequence.steps.flatMap(\.files).map(\.file)
        let media = files.isEmpty ? "" : " " + StableHash.hex(of: files.flatMap(\.identity))
        return "\(sequence.hash) \((sequence.zone ?? zone).identifier)\(media)"
    }

    /// Returns what identifies the change from these versions, by sequence, to this catalog. `dripd plan` shows it and
    /// `dripd apply` may require it. The number of people is not part of it, because it changes by itself.
    package func planHash(from known: [String: String]) -> String {
        let now = sequences.mapValues(version)
        let changed = Set(known.keys).union(now.keys).filter { known[$0] != now[$0] }.sorted()
        return StableHash.hex(of: changed.flatMap { [$0, known[$0] ?? "", now[$0] ?? ""] })
    }
}

/// The settings of the configuration that decide about messages.
package struct CatalogSettings: Sendable {
    /// The phrases that people use to opt out or to ask for messages again.
    package var optOut: OptOut
    /// The subscriptions that a page may use, by page.
    package var subscriptionPolicies: [String: SubscriptionPolicy]
    /// The channels that the configuration has accounts for, in its order.
    package var channels: [ConfiguredChannel]
    /// Returns a `LinkVariable` for the person with an address; nil if there are no pages.
    package var link: (@Sendable (String, AddressID) -> String?)?
    /// The daily limit per person; nil for no limit.
    package var dailyLimit: DailyLimit?
    /// The most comments without an author that an account answers in an hour; nil for no limit.
    package var unnamedRepliesPerHour: Int?

    /// Enough to answer a popular post within hours, without sending one person hundreds of messages.
    package static let standardUnnamedReplies = 60

    package init(
        optOut: OptOut = .standard,
        subscriptionPolicies: [String: SubscriptionPolicy] = [:],
        channels: [ConfiguredChannel] = [],
        dailyLimit: DailyLimit? = DailyLimit(DailyLimit.standard),
        unnamedRepliesPerHour: Int? = standardUnnamedReplies
    ) {
        self.optOut = optOut
        self.subscriptionPolicies = subscriptionPolicies
        self.channels = channels
        self.dailyLimit = dailyLimit
        self.unnamedRepliesPerHour = unnamedRepliesPerHour
    }

    /// The settings used if the configuration names none of them.
    package static let standard = CatalogSettings()
}
