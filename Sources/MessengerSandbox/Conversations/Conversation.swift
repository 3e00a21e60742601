/// What a person and the page have written to each other.
struct Conversation: Sendable {
    let person: Person
    let last: LogEntry

    var id: String { "t_" + person.id }
}
