package import Foundation

/// What a platform tells of a person.
package struct Profile: Hashable, Sendable {
    /// Names as attributes: `full_name`, `first_name`, `last_name`, and `locale`. What the platform withholds is not there.
    package let attributes: [String: String]
    package let zone: TimeZone?

    package init(attributes: [String: String], zone: TimeZone?) {
        self.attributes = attributes
        self.zone = zone
    }
}

/// How asking for a profile ended.
package enum ProfileAnswer: Hashable, Sendable {
    case found(Profile)
    /// The platform tells nothing of this person, and would not tomorrow.
    case withheld
    /// It failed for this person, and may work another time.
    case failed(why: String)
    /// Nobody of this page can be asked for now.
    case later(why: String)
}
