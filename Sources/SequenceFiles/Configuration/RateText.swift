import DripCore

/// Rates as the configuration writes them: `10/s`.
enum RateText {
    static let standard = 10
    /// For a test server on this machine.
    static let mostOnLoopback = 100_000

    static func parse(_ text: String, isLoopback: Bool) throws(Fault) -> Int {
        let digits = text.hasSuffix("/s") ? text.dropLast(2) : text[...]
        guard let rate = Int(digits), digits.allSatisfy(\.isNumber) else {
            throw Fault("'\(text)' is not a rate: write whole messages a second, such as '10/s'")
        }
        guard text.hasSuffix("/s") else { throw Fault("'\(text)' has no unit", suggestion: "\(text)/s") }
        guard rate >= 1 else { throw Fault("'\(text)' would never send anything: the least is 1/s") }
        guard !isLoopback else {
            guard rate <= mostOnLoopback else {
                throw Fault("'\(text)' is over \(mostOnLoopback)/s, the most there is")
            }
            return rate
        }
        guard rate <= MessengerLimits.messagesPerSecond else {
            throw Fault(
                "'\(text)' is over \(MessengerLimits.messagesPerSecond)/s, above which the platform freezes the page's inbox"
            )
        }
        return rate
    }
}
