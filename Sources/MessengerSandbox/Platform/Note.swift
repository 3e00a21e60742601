/// What happened in a conversation besides messages, in words for who looks at it.
package struct Note: Sendable, Equatable {
    package enum Kind: String, Sendable {
        /// The page wrote, and the platform refused it.
        case refused
        case comment
        case other
    }

    /// 1 for the first note, without gaps.
    package let number: Int
    /// Milliseconds since 1970.
    package let at: Int64
    package let person: String
    package let kind: Kind
    package let text: String
}
