/// Identifies one part of one step of one enrollment. It is sent with the message (`message.metadata`) and comes back
/// in the platform's echo, which proves that the message arrived.
package struct DeliveryKey: Hashable, Sendable {
    /// The id of the database. Two installations may share a page, and their enrollment ids overlap.
    package let instance: String
    package let enrollment: EnrollmentID
    package let step: String
    package let part: Int

    package init(instance: String, enrollment: EnrollmentID, step: String, part: Int) {
        self.instance = instance
        self.enrollment = enrollment
        self.step = step
        self.part = part
    }
}

extension DeliveryKey: LosslessStringConvertible {
    private static let scheme = "dripd"
    /// More parts than any step has.
    private static let mostParts = 1_000

    package var description: String {
        "\(Self.scheme)/\(instance)/\(enrollment.rawValue)/\(part)/\(step)"
    }

    package init?(_ text: String) {
        let pieces = text.split(separator: "/", maxSplits: 4, omittingEmptySubsequences: false)
        guard pieces.count == 5, pieces[0] == Self.scheme, let enrollment = Int64(pieces[2]), let part = Int(pieces[3]),
            (0..<Self.mostParts).contains(part)
        else { return nil }
        self.init(
            instance: String(pieces[1]),
            enrollment: EnrollmentID(rawValue: enrollment),
            step: String(pieces[4]),
            part: part
        )
    }
}
