/// Who gets a step that is appended behind the last one.
package enum Extend: String, CaseIterable, Hashable, Sendable {
    case active
    /// Those who had finished, too.
    case finished
}
