/// The reason why a request was not carried out.
package struct ControlRefusal: Codable, Sendable {
    package let error: String

    package init(error: String) {
        self.error = error
    }
}

/// The limits of one request.
package enum ControlLimit {
    /// The maximum number of entries in one answer.
    package static let list = 10_000
    /// The maximum number of people in one search result: an operator has to choose among them.
    package static let search = 100
    /// The maximum number of people in one import request; they are written a slice at a time.
    package static let importedPeople = 5_000
    /// The maximum number of people in one tag request; they are written a slice at a time.
    package static let taggedPeople = 1_000
    /// The maximum number of people that one plan lists.
    package static let plannedPeople = 100_000
}
