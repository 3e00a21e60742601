/// Something that goes wrong on purpose, `count` times.
package struct Fault: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// The call is handled at once and answered so much later, in real milliseconds.
        case delay(milliseconds: Int64)
        /// The call is refused with this error, whatever else is right or wrong with it.
        case error(code: Int, subcode: Int?)
        /// The call is handled, and the connection closed without an answer.
        case lostAnswer
        /// The connection is closed without the call being handled.
        case refuse
        /// The next webhook goes out twice.
        case duplicateWebhook
    }

    package let kind: Kind
    /// Only what concerns this person is hit; nil: anyone.
    package let person: String?
    package let count: Int

    package init(kind: Kind, person: String?, count: Int) {
        self.kind = kind
        self.person = person
        self.count = count
    }
}
