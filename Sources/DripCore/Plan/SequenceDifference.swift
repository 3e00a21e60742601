import Foundation

/// The differences between two versions of a sequence, as a reviewer would list them. `PlanTally` adds the numbers of
/// people.
struct SequenceDifference {
    let before: DripSequence?
    let after: DripSequence?

    var plan: SequencePlan {
        SequencePlan(
            sequence: after?.id ?? before?.id ?? "",
            change: before == nil ? .added : after == nil ? .removed : .changed,
            settings: settings,
            steps: steps,
            warnings: warnings
        )
    }

    private var settings: [String] {
        guard let after else { return [] }
        guard let before else { return ["start: " + Self.list(after.start)] }
        let pairs: [(String, String, String)] = [
            ("title", before.title, after.title),
            ("start", Self.list(before.start), Self.list(after.start)),
            ("again", "\(before.again)", "\(after.again)"),
            ("stop", Self.list(before.stop), Self.list(after.stop)),
            ("pause_on_human", Self.pause(before), Self.pause(after)),
            ("purpose", before.purpose.rawValue, after.purpose.rawValue),
            ("pages", Self.pages(before), Self.pages(after)),
            ("timezone", before.zone?.identifier ?? "configured", after.zone?.identifier ?? "configured"),
            ("quiet", before.quiet.map { "\($0)" } ?? "none", after.quiet.map { "\($0)" } ?? "none"),
            ("days", "\(before.days)", "\(after.days)"),
            ("late", "\(before.late)", "\(after.late)"),
            ("gap", Self.gap(before), Self.gap(after)),
            ("on_edit", before.onEdit.rawValue, after.onEdit.rawValue),
            ("extend", before.extend.rawValue, after.extend.rawValue),
        ]
        return pairs.filter { $0.1 != $0.2 }.map { "\($0.0): \($0.1) → \($0.2)" }
    }

    /// Removed steps first, then those of the new file in its order.
    private var steps: [StepPlan] {
        guard let after else { return [] }
        let old = before?.steps ?? []
        let removed = old.filter { after.step($0.id) == nil }.map { step in
            StepPlan(
                step: step.id,
                changes: [.removed],
                before: step.time,
                after: nil,
                renamedFrom: nil,
                content: []
            )
        }
        return removed + after.steps.compactMap { step in change(of: step, among: old, in: after) }
    }

    private func change(of step: Step, among old: [Step], in after: DripSequence) -> StepPlan? {
        guard let earlier = old.first(where: { after.currentName(of: $0.id) == step.id }) else {
            return StepPlan(
                step: step.id,
                changes: [.added],
                before: nil,
                after: step.time,
                renamedFrom: nil,
                content: []
            )
        }
        let content = step.contentChanges(since: earlier)
        var changes: [StepPlan.Change] = []
        if earlier.id != step.id { changes.append(.renamed) }
        if earlier.time != step.time { changes.append(.moved) }
        if !content.isEmpty { changes.append(.changed) }
        guard !changes.isEmpty else { return nil }
        return StepPlan(
            step: step.id,
            changes: changes,
            before: earlier.time,
            after: step.time,
            renamedFrom: earlier.id == step.id ? nil : earlier.id,
            content: content
        )
    }

    private var warnings: [String] {
        guard let before, let after else { return [] }
        var warnings: [String] = []
        for move in before.moved where !after.moved.contains(move) && after.step(move.from) == nil {
            warnings.append(
                "'moved' no longer says that \(move.from) became \(after.currentName(of: move.to)): for people who "
                    + "got it as \(move.from), \(move.to) counts as not sent"
            )
        }
        let removed = before.steps.filter { after.step($0.id) == nil }
        let added = after.steps.filter { step in !before.steps.contains { after.currentName(of: $0.id) == step.id } }
        for step in removed {
            guard let twin = added.first(where: { $0.position == step.position || $0.variants == step.variants })
            else { continue }
            warnings.append(
                "\(step.id) is removed and \(twin.id) added: if that is a new name, write "
                    + "moved: [{from: \(step.id), to: \(twin.id)}], or people who had it may get it twice"
            )
        }
        return warnings
    }

    private static func list(_ rules: [some CustomStringConvertible]) -> String {
        rules.isEmpty ? "none" : rules.map(\.description).joined(separator: ", ")
    }

    private static func pause(_ sequence: DripSequence) -> String {
        sequence.pauseOnHuman.map { "\($0)" } ?? "never"
    }

    private static func gap(_ sequence: DripSequence) -> String {
        sequence.gap == .zero ? "none" : "\(sequence.gap)"
    }

    private static func pages(_ sequence: DripSequence) -> String {
        sequence.pages.map { $0.sorted().joined(separator: ", ") } ?? "all"
    }
}

extension Step {
    /// Its time, as the file writes it: `1 week at 09:00`.
    package var time: String {
        at.map { "\(after) at \(TimeOfDay.text($0))" } ?? "\(after)"
    }

    fileprivate func contentChanges(since earlier: Step) -> [String] {
        var changes: [String] = []
        if variants != earlier.variants { changes.append(variants.count > 1 ? "variants" : "text") }
        let media: [(name: String, old: [Media?], new: [Media?])] = [
            ("images", earlier.images, images), ("video", [earlier.video], [video]),
            ("audio", [earlier.audio], [audio]),
            ("file", [earlier.file], [file]),
        ]
        changes += media.filter { !$0.old.elementsEqual($0.new, by: Media.looksLike) }.map(\.name)
        if typing != earlier.typing { changes.append("typing") }
        if persona != earlier.persona { changes.append("persona") }
        if cards != earlier.cards { changes.append("cards") }
        if buttons != earlier.buttons { changes.append("buttons") }
        if quickReplies != earlier.quickReplies { changes.append("quick_replies") }
        if onlyIf != earlier.onlyIf { changes.append("only_if") }
        if pullIntoWindow != earlier.pullIntoWindow { changes.append("pull_into_window") }
        if outsideWindow != earlier.outsideWindow { changes.append("outside_window") }
        return changes
    }
}

extension Media {
    /// Returns whether two media are the same, as far as is known. A state that is read elsewhere has no files beside
    /// it.
    fileprivate static func looksLike(_ left: Media?, _ right: Media?) -> Bool {
        guard case .file(let old)? = left, case .file(let new)? = right, old.hash == nil || new.hash == nil else {
            return left?.identity == right?.identity
        }
        return old.path == new.path
    }
}
