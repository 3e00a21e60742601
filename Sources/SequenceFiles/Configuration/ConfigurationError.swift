/// A configuration file that cannot be used, and everything that is wrong with it.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    package let diagnostics: [Diagnostic]

    /// One line each.
    package var description: String {
        diagnostics.map(\.description).joined(separator: "\n")
    }
}
