/// What an edit of the file means for the people under way.
package enum OnEdit: String, CaseIterable, Hashable, Sendable {
    /// They follow it from where they are.
    case follow
    /// They finish the version that they began with.
    case pin
}
