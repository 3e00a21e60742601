/// A cache of the steps that an edit adds and removes ahead of a person. They depend only on the place in the sequence,
/// which most people share with many others.
struct AheadCache: Sendable {
    struct Place: Hashable {
        let sequence: String
        let version: String?
        let position: Milliseconds?
        let over: Set<String>
        let isUnderWay: Bool
    }

    struct Difference {
        let gained: [String]
        let lost: [String]
    }

    private var found: [Place: Difference] = [:]
    /// The most places remembered.
    private static let most = 10_000

    mutating func difference(_ item: EnrollmentState, before: Catalog, after: Catalog) -> Difference {
        let place = Place(
            sequence: item.enrollment.sequence,
            version: item.enrollment.version,
            position: item.enrollment.position,
            over: item.over,
            isUnderWay: item.job != nil
        )
        if let known = found[place] { return known }
        let sequence = after.sequence(of: item.enrollment)
        let earlier = item.job == nil ? nil : before.sequence(of: item.enrollment)
        let ahead = Set(sequence?.ahead(of: place.position, over: item.over) ?? [])
        let was = (earlier?.ahead(of: place.position, over: item.over) ?? []).map { step in
            sequence?.currentName(of: step) ?? step
        }
        let difference = Difference(
            gained: ahead.subtracting(was).sorted(),
            lost: Set(was).subtracting(ahead).sorted()
        )
        if found.count < Self.most { found[place] = difference }
        return difference
    }
}

extension DripSequence {
    /// Returns the steps still ahead of a person at `position`.
    fileprivate func ahead(of position: Milliseconds?, over: Set<String>) -> [String] {
        let over = Set(over.map(currentName))
        return steps.filter { step in
            (position.map { step.position > $0 } ?? true) && !over.contains(step.id)
        }.map(\.id)
    }
}
