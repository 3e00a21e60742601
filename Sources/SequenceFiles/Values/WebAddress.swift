import Foundation

/// Parses addresses that a platform or a browser fetches: http or https, with a host.
enum WebAddress {
    static func parse(_ text: String) throws(ParseError) -> String {
        try refuseWhatNeedsEscaping(text)
        guard let parts = URLComponents(string: text, encodingInvalidCharacters: false) else {
            throw ParseError("'\(text)' is not a web address")
        }
        guard let scheme = parts.scheme?.lowercased(), text.contains("://") else {
            let looksLikeHost = text.split(separator: "/").first?.contains(".") == true
            throw ParseError(
                "'\(text)' is not a web address: it must begin with https:// or http://",
                suggestion: looksLikeHost ? "https://\(text)" : nil
            )
        }
        guard scheme == "https" || scheme == "http" else {
            throw ParseError("'\(scheme)' addresses cannot be used: the address must begin with https:// or http://")
        }
        guard let host = parts.host, !host.isEmpty else { throw ParseError("'\(text)' has no host") }
        if let port = parts.port, !(1...65_535).contains(port) { throw ParseError("'\(text)' has no valid port") }
        return text
    }

    private static func refuseWhatNeedsEscaping(_ text: String) throws(ParseError) {
        guard !text.contains("{{") else { throw ParseError("variables and word lists work only in 'text'") }
        let allowed = text.unicodeScalars.allSatisfy { $0.isASCII && $0.value > 0x20 && $0.value < 0x7f }
        guard !allowed else { return }
        let escaped = URL(string: text)?.absoluteString
        throw ParseError(
            "'\(text)' has characters that an address cannot have: they must be percent-encoded",
            suggestion: escaped == text ? nil : escaped
        )
    }
}
