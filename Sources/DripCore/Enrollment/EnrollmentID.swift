/// An enrollment's row in the store. Never used twice.
package struct EnrollmentID: RawRepresentable, Hashable, Codable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }
}
