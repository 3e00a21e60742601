/// Why a secret cannot be had. Names its place, never its value.
package struct SecretError: Error, Hashable, Sendable, CustomStringConvertible {
    package let secret: Secret
    package let reason: String

    init(_ secret: Secret, _ reason: String) {
        self.secret = secret
        self.reason = reason
    }

    package var description: String {
        "secret \(secret): \(reason)"
    }
}
