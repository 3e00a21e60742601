import DripCore

/// The diagnostics about the reachability of a sequence's steps. Steps with the same result share one finding, because the
/// author of a long sequence would be flooded otherwise.
struct ReachabilityFindings {
    struct ReachabilityFinding {
        let severity: Diagnostic.Severity
        let message: String
        let place: SourceLocation
    }

    private let sequence: DripSequence
    private let held: HeldSteps
    /// The steps in the order of their positions.
    private let steps: [Entry]

    private struct Entry {
        let step: Step
        let reach: Reachability
        let place: SourceLocation

        var verdict: Reachability.Verdict { reach.verdict }
    }

    init(_ sequence: DripSequence, _ reach: [Reachability], _ placed: [PlacedStep], _ held: HeldSteps) {
        self.sequence = sequence
        self.held = held
        let places = Dictionary(placed.map { ($0.step.id, $0) }, uniquingKeysWith: { first, _ in first })
        steps = zip(sequence.steps, reach).map { step, reach in
            let key = reach.verdict == .never(.repliedEndsIt) ? "only_if" : "after"
            return Entry(step: step, reach: reach, place: places[step.id]?.place(of: key) ?? .start)
        }
    }

    var all: [ReachabilityFinding] {
        impossible
            + [
                closed, elsewhere, stopped, silent, missed(waits: false), missed(waits: true), waiting, subscribed,
                byHand,
                byComment, lost(.day), lost(.gap), delayed(.day), delayed(.gap),
            ]
            .compactMap { $0 }
    }

    private var start: String {
        sequence.start == [.firstMessage] ? "the first message" : "the start"
    }

    private var impossible: [ReachabilityFinding] {
        steps.compactMap { step in
            guard case .never(let reason) = step.verdict else { return nil }
            let message =
                switch reason {
                case .repliedEndsIt:
                    "'\(step.step.id)' is never sent: it is for people who replied, and they have left the sequence "
                        + "('stop: [replied]')"
                }
            return ReachabilityFinding(severity: .error, message: message, place: step.place)
        }
    }

    private var closed: ReachabilityFinding? {
        finding(.warning) { verdict, step in
            verdict == .ifPersonWrites(.windowClosed) && step.channels.isEmpty
        } message: { entries in
            guard entries.count == 1 else {
                return "\(names(entries)) are due when the standard window, 24 hours from \(start), has closed: only "
                    + "'outside_window' can deliver them to people who stay silent\(pull(entries))"
            }
            let (when, ways) =
                entries[0].reach.canBePulled
                ? ("just after", "'pull_into_window' or 'outside_window'")
                : ("long after", "'outside_window'")
            return "'\(entries[0].step.id)' is due \(entries[0].step.after) after \(start), \(when) the standard "
                + "window has closed: only \(ways) can deliver it to people who stay silent"
        }
    }

    /// Reports the steps that reach silent people only if they left an address on another channel.
    private var elsewhere: ReachabilityFinding? {
        var ways: [String] = []
        return finding(.note) { verdict, step in
            guard verdict == .ifPersonWrites(.windowClosed), !step.channels.isEmpty else { return false }
            for name in step.channels.keys.map(\.rawValue).sorted() where !ways.contains(name) { ways.append(name) }
            return true
        } message: { entries in
            "\(names(entries)) \(isOrAre(entries)) due when the standard window, 24 hours from \(start), has closed: "
                + "\(entries.count == 1 ? "it reaches" : "they reach") people who stay silent only by "
                + "\(Words.either(ways)), if they left an address there"
        }
    }

    private var stopped: ReachabilityFinding? {
        finding(.warning) { verdict, _ in
            verdict == .ifPersonWrites(.writingStops)
        } message: { entries in
            "\(names(entries)) \(isOrAre(entries)) due when the standard window, 24 hours from \(start), has closed, and "
                + "people who open it by writing leave the sequence ('stop: [replied]'): \(utility(entries))"
        }
    }

    private var silent: ReachabilityFinding? {
        finding(.warning) { verdict, _ in
            verdict == .ifPersonWrites(.onlyForTheSilent)
        } message: { entries in
            "\(names(entries)) \(isOrAre(entries)) for people who did not write ('replied: false'), and for them the "
                + "standard window, 24 hours from \(start), has closed: \(utility(entries))"
        }
    }

    private func utility(_ entries: [Entry]) -> String {
        "only a utility template can deliver \(itOrThem(entries))\(pull(entries))"
    }

    /// Names the steps that `pull_into_window` could bring into the window.
    private func pull(_ entries: [Entry]) -> String {
        let names = entries.filter(\.reach.canBePulled).map(\.step.id)
        guard !names.isEmpty else { return "" }
        return ", or 'pull_into_window'" + (entries.count == 1 ? "" : " for \(Words.all(names))")
    }

    /// - Parameter waits: whether to report the steps that wait for the person; their author knows, so that is only a note.
    private func missed(waits: Bool) -> ReachabilityFinding? {
        var example: Miss?
        return finding(waits ? .note : .warning) { verdict, step in
            guard case .sometimes(_, let missed) = verdict, step.waits == waits else { return false }
            if example == nil { example = missed }
            return true
        } message: { entries in
            let moments = example.map { "on \($0.start), it is due on \($0.due)" } ?? ""
            let mend = waits ? "" : "; an earlier time, 'pull_into_window' or 'outside_window' can fix that"
            guard entries.count > 1 else {
                return
                    "'\(entries[0].step.id)' comes too late for the standard window after some starts: for a start "
                    + moments + mend
            }
            return "\(names(entries)) come too late for the standard window after some starts: for a start "
                + moments.replacing(", it is", with: ", '\(entries[0].step.id)' is") + mend
        }
    }

    private var waiting: ReachabilityFinding? {
        finding(.note) { verdict, _ in
            if case .ifPersonWrites(.waits) = verdict { true } else { false }
        } message: { entries in
            "\(names(entries)) \(entries.count == 1 ? "waits" : "wait") for the person to write: people who stay silent "
                + "do not get \(itOrThem(entries))"
        }
    }

    private var subscribed: ReachabilityFinding? {
        finding(.warning) { verdict, _ in
            verdict == .ifSubscribed
        } message: { entries in
            "\(names(entries)) \(isOrAre(entries)) due when the standard window, 24 hours from \(start), has closed: only "
                + "subscribers get \(itOrThem(entries)), on pages for which dripd.yaml allows it"
        }
    }

    private var byHand: ReachabilityFinding? {
        finding(.note) { verdict, _ in
            if case .whileWindowIsOpen = verdict { true } else { false }
        } message: { entries in
            "a start by hand or by a tag opens no window: \(names(entries)) \(entries.count == 1 ? "reaches" : "reach") "
                + "only people who wrote in the 24 hours before"
        }
    }

    /// A comment can have one private reply, and that is one message.
    private var byComment: ReachabilityFinding? {
        let startsByComment = sequence.start.contains { rule in
            if case .comment = rule { true } else { false }
        }
        guard startsByComment, let first = steps.first else { return nil }
        let rest = Array(steps.dropFirst())
        guard first.step.partCount > 1 || !rest.isEmpty else { return nil }
        var message = "a comment opens no window: '\(first.step.id)' answers it as its one private reply"
        if first.step.partCount > 1 {
            message += ", but only the first of its \(first.step.partCount) messages is sent at once"
        }
        if !rest.isEmpty {
            message += "; \(names(rest)) \(rest.count == 1 ? "reaches" : "reach") people who then write"
        }
        return ReachabilityFinding(severity: .note, message: message, place: first.place)
    }

    /// Reports the steps that a limit delays until the standard window has closed.
    private func lost(_ reason: WaitReason) -> ReachabilityFinding? {
        heldFinding(.warning, held.lost, reason) { entries, example in
            "\(limit(reason)): \(names(entries)) then \(entries.count == 1 ? "misses" : "miss") the standard window, 24 hours from "
                + "\(start), and \(entries.count == 1 ? "reaches" : "reach") only people who write again; after a start on "
                + "\(example.start), '\(entries[0].step.id)' would be due on \(example.wanted)"
        }
    }

    /// Reports the steps that a limit delays within the window.
    private func delayed(_ reason: WaitReason) -> ReachabilityFinding? {
        let only = held.delayed.filter { held.lost[$0.key] == nil }
        return heldFinding(.note, only, reason) { entries, example in
            "\(limit(reason)): after a start on \(example.start), '\(entries[0].step.id)' is sent on \(example.sent ?? ""), not on "
                + "\(example.wanted)" + (entries.count == 1 ? "" : "; also later: \(names(Array(entries.dropFirst())))")
        }
    }

    private func limit(_ reason: WaitReason) -> String {
        if reason == .gap { return "a message waits for \(sequence.gap) after the one before it ('gap')" }
        let count = held.dailyLimit?.messages ?? 0
        return "a person gets \(count) message\(count == 1 ? "" : "s") a day at most (messages_per_person_per_day)"
    }

    private func heldFinding(
        _ severity: Diagnostic.Severity,
        _ cases: [String: HeldSteps.Case],
        _ reason: WaitReason,
        message: ([Entry], HeldSteps.Case) -> String
    ) -> ReachabilityFinding? {
        let affected = steps.filter { cases[$0.step.id]?.reason == reason }
        guard let place = affected.map(\.place).min(), let example = cases[affected[0].step.id] else { return nil }
        return ReachabilityFinding(severity: severity, message: message(affected, example), place: place)
    }

    /// Returns one finding for all affected steps, at the first of them in the file.
    private func finding(
        _ severity: Diagnostic.Severity,
        where holds: (Reachability.Verdict, Step) -> Bool,
        message: ([Entry]) -> String
    ) -> ReachabilityFinding? {
        let affected = steps.filter { holds($0.verdict, $0.step) }
        guard let place = affected.map(\.place).min() else { return nil }
        return ReachabilityFinding(severity: severity, message: message(affected), place: place)
    }

    /// Lists the steps' names, or only the first ones of a long list.
    private func names(_ entries: [Entry]) -> String {
        let ids = entries.map(\.step.id)
        return ids.count > Self.mostNames
            ? "\(Words.list(Array(ids.prefix(Self.mostNames)))) and \(ids.count - Self.mostNames) more" : Words.all(ids)
    }

    private static let mostNames = 8

    private func isOrAre(_ entries: [Entry]) -> String { entries.count == 1 ? "is" : "are" }

    private func itOrThem(_ entries: [Entry]) -> String { entries.count == 1 ? "it" : "them" }
}

extension Step {
    /// Whether the step can be sent without an open window.
    var hasTemplate: Bool {
        outsideWindow.contains { way in
            if case .utility = way { true } else { false }
        }
    }

    /// Whether the step waits for the person to write.
    fileprivate var waits: Bool {
        outsideWindow.contains { way in
            if case .wait = way { true } else { false }
        }
    }
}
