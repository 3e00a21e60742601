/// All people, in the order of their creation.
struct People: Sendable {
    static let limit = 10_000
    private static let nameLimit = 200

    private var byID: [String: Person] = [:]
    private var ids: [String] = []
    /// The number of people who have ever written or tapped.
    private(set) var engagedCount = 0

    var all: [Person] { ids.compactMap { byID[$0] } }

    func find(_ id: String) throws(ControlError) -> Person {
        guard let person = byID[id] else { throw .unknownPerson(id) }
        return person
    }

    subscript(_ id: String) -> Person? { byID[id] }

    /// Changes a person, if the id exists.
    mutating func change(_ id: String, _ body: (inout Person) -> Void) {
        guard var person = byID[id] else { return }
        let wasEngaged = person.isEngaged
        body(&person)
        byID[id] = person
        if person.isEngaged, !wasEngaged { engagedCount += 1 }
    }

    /// - Parameters:
    ///   - madeUp: makes an id if none is given; called until the id is unused.
    ///   - name: if nil or empty, the person is named by their number.
    mutating func add(id: String?, madeUp: () -> String, name: String?) throws(ControlError) -> Person {
        guard byID.count < Self.limit else { throw .full("\(Self.limit) people exist") }
        if let id, id.wholeMatch(of: /[0-9A-Za-z_-]{1,64}/) == nil {
            throw .invalid("a person's id has 1 to 64 letters, digits, - and _")
        }
        if let id, byID[id] != nil { throw .invalid("there is already a person \(id)") }
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

/// A person who can write to the page.
package struct Person: Sendable, Equatable {
    /// The page-scoped id (PSID).
    package let id: String
    package var name: String
    /// Whether the person has blocked the page. Nothing reaches them until they write again.
    package var hasBlockedPage = false
    /// The time of the last action that opened the messaging window, in milliseconds since 1970; nil if there was none.
    package var lastActionAt: Int64?
    /// What the page may know of the person.
    package var profileAccess = ProfileAccess.full
    /// The number of the page's messages that the person has not read.
    package var unreadCount = 0

    /// 24 hours from the person's last action: https://developers.facebook.com/docs/messenger-platform/policy
    static let windowMilliseconds: Int64 = 24 * 60 * 60 * 1000

    /// The first moment at which the page may no longer write, in milliseconds since 1970; nil if the window never opened.
    package var windowClosesAt: Int64? {
        lastActionAt.map { $0 + Self.windowMilliseconds }
    }

    package func windowIsOpen(at now: Int64) -> Bool {
        windowClosesAt.map { now < $0 } ?? false
    }
}

/// An action of a person other than writing, reading and tapping.
package enum PersonAct: Sendable, Equatable {
    /// - Parameters:
    ///   - reaction: the platform's word, such as `love`.
    ///   - emoji: the emoji to show.
    case react(messageID: String, reaction: String, emoji: String)
    case unreact(messageID: String, reaction: String, emoji: String)
    /// Edits a message of their own.
    case edit(messageID: String, text: String)
    /// Takes back a message of their own.
    case unsend(messageID: String)
    /// Taps a button outside messages, such as in the persistent menu.
    case postback(title: String, payload: String)
    /// Comes through an advertisement, and also writes if there is a text.
    case advertisement(id: String, ref: String?, text: String?)
    /// Comes through the Send to Messenger plugin on a web site.
    case plugin(ref: String)
}
