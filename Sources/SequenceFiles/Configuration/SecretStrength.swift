/// Secrets that are easily guessed, or are not what they should be.
package enum SecretStrength {
    /// Of a word that is asked for over the internet, as often as somebody likes.
    private static let shortestToken = 12

    /// - Returns: what is wrong with the app secret, in words without the secret; nil: nothing.
    package static func warning(appSecret: String) -> String? {
        // Source: the App Dashboard; 16 bytes in hex.
        let isUsual = appSecret.utf8.count == 32 && appSecret.allSatisfy { $0.isASCII && $0.isHexDigit }
        return isUsual
            ? nil
            : "the app secret does not look like one: 32 hexadecimal digits, from the App Dashboard (Settings, Basic); with "
                + "another word the platform's webhooks are refused, and forged ones may not be"
    }

    package static func warning(verifyToken: String) -> String? {
        guard verifyToken.count >= shortestToken, Set(verifyToken).count >= 6 else {
            return
                "the verify token is easily guessed: at least \(shortestToken) characters that nobody knows, such as "
                + "those of `openssl rand -hex 16`; give it to the platform as well"
        }
        return nil
    }
}
