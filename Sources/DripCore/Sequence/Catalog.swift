package import Foundation

/// The sequences in force. Immutable: a reload makes a new one.
package struct Catalog: Sendable {
    /// The zone of people and sequences that name none.
    package let zone: TimeZone
    package let sequences: [String: DripSequence]

    package init(zone: TimeZone, sequences: [DripSequence]) {
        self.zone = zone
        self.sequences = Dictionary(uniqueKeysWithValues: sequences.map { ($0.id, $0) })
    }

    package subscript(id: String) -> DripSequence? {
        sequences[id]
    }
}
