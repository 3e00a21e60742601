/// What the page may know of a person: https://developers.facebook.com/docs/messenger-platform/identity/user-profile
package enum ProfileAccess: String, Sendable, CaseIterable {
    case full
    /// The answer is an empty object.
    case empty
    /// The person has an account by their phone number, and no profile.
    case none
}
