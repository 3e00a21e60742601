/// Everybody who exists, in the order in which they appeared.
struct People: Sendable {
    static let limit = 10_000
    private static let nameLimit = 200

    private var byID: [String: Person] = [:]
    private var ids: [String] = []
    /// Who wrote or tapped, ever.
    private(set) var engagedCount = 0

    var all: [Person] { ids.compactMap { byID[$0] } }

    func find(_ id: String) throws(ControlError) -> Person {
        guard let person = byID[id] else { throw .unknownPerson(id) }
        return person
    }

    subscript(_ id: String) -> Person? { byID[id] }

    /// Changes somebody who exists; nothing happens when nobody has that id.
    mutating func change(_ id: String, _ body: (inout Person) -> Void) {
        guard var person = byID[id] else { return }
        let wasEngaged = person.isEngaged
        body(&person)
        byID[id] = person
        if person.isEngaged, !wasEngaged { engagedCount += 1 }
    }

    /// - Parameters:
    ///   - madeUp: takes the place of a missing id; called until nobody has it.
    ///   - name: nil or empty: the person is called after their number.
    mutating func add(id: String?, madeUp: () -> String, name: String?) throws(ControlError) -> Person {
        guard byID.count < Self.limit else { throw .full("\(Self.limit) people exist") }
        if let id, id.wholeMatch(of: /[0-9A-Za-z_-]{1,64}/) == nil {
            throw .invalid("a person's id has 1 to 64 letters, digits, - and _")
        }
        if let id, byID[id] != nil { throw .invalid("somebody has the id \(id) already") }
        guard (name?.unicodeScalars.count ?? 0) <= Self.nameLimit else {
            throw .invalid("a name has at most \(Self.nameLimit) characters")
        }
        let name = name.flatMap { $0.isEmpty ? nil : $0 } ?? "Person \(byID.count + 1)"
        let person = Person(id: id ?? unused(madeUp), name: name)
        byID[person.id] = person
        ids.append(person.id)
        return person
    }

    private func unused(_ madeUp: () -> String) -> String {
        while true {
            let id = madeUp()
            if byID[id] == nil { return id }
        }
    }
}

extension Person {
    fileprivate var isEngaged: Bool { lastActionAt != nil }
}
