package import DripCore

/// The refs that sequences start on.
package struct Referrals: Sendable {
    /// For each ref, the sequences that it starts, by name.
    private let sequences: [String: [DripSequence]]

    package init(_ catalog: Catalog) {
        var sequences: [String: [DripSequence]] = [:]
        for sequence in catalog.sequences.values.sorted(by: { $0.id < $1.id }) {
            for case .ref(let ref) in sequence.start { sequences[ref, default: []].append(sequence) }
        }
        self.sequences = sequences
    }

    package var refs: [String] { sequences.keys.sorted() }

    /// What a ref starts on a page.
    /// - Parameter page: its id; nil: whichever page.
    package func sequences(on ref: String, page: String?) -> [DripSequence] {
        (sequences[ref] ?? []).filter { sequence in page.map(sequence.isFor) ?? true }
    }

    /// - Throws: `CommandLineProblem` where the platform takes no such ref.
    package static func check(_ ref: String) throws(CommandLineProblem) {
        do {
            _ = try IdentityText.parseReferral(ref)
        } catch {
            throw CommandLineProblem(error)
        }
    }

    /// The known ref that was probably meant.
    package func nearest(to ref: String) -> String? {
        Spelling.nearest(to: ref, of: refs)
    }
}
