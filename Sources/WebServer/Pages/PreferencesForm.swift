/// What a form of `PreferencesPage` posts.
package struct PreferencesForm: Hashable, Sendable {
    package enum Action: String, Sendable {
        case save
        case stop
        case forget
        case forgetConfirmed = "forget-confirmed"
    }

    package let action: Action
    /// The ways that the page showed, by id. Others stay as they are: the person has not seen them.
    package private(set) var ways: [String: Bool] = [:]
    /// The sequences that the page showed, by id.
    package private(set) var sequences: [String: Bool] = [:]
    /// nil: not shown.
    package private(set) var offers: Bool?

    /// The most fields of a form. A page has two for each switch.
    private static let mostFields = 1_000

    /// - Parameter body: a form as `application/x-www-form-urlencoded`.
    /// - Returns: nil if it names no known action, or has too many fields.
    package init?(body: some Collection<UInt8>) {
        let fields = body.split(separator: UInt8(ascii: "&"), maxSplits: Self.mostFields)
        guard fields.count <= Self.mostFields else { return nil }
        var action: Action?
        for field in fields {
            let parts = field.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let (name, value) = (Self.decoded(parts[0]), parts.count > 1 ? Self.decoded(parts[1]) : "")
            if name == "action" {
                action = Action(rawValue: value)
            } else if name == "offers" {
                offers = value == "on"
            } else if name.hasPrefix("way-") {
                ways[String(name.dropFirst("way-".count))] = value == "on"
            } else if name.hasPrefix("sequence-") {
                sequences[String(name.dropFirst("sequence-".count))] = value == "on"
            }
        }
        guard let action else { return nil }
        self.action = action
    }

    /// Source: URL Standard, section 5.1, "application/x-www-form-urlencoded parsing".
    private static func decoded(_ bytes: some Collection<UInt8>) -> String {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                decoded.append(UInt8(ascii: " "))
            } else if byte == UInt8(ascii: "%"), let value = hexadecimal(rest.prefix(2)) {
                decoded.append(value)
                rest = rest.dropFirst(2)
            } else {
                decoded.append(byte)
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    private static func hexadecimal(_ digits: some Collection<UInt8>) -> UInt8? {
        guard digits.count == 2 else { return nil }
        var value: UInt8 = 0
        for digit in digits {
            guard let number = Character(Unicode.Scalar(digit)).hexDigitValue else { return nil }
            value = value << 4 | UInt8(number)
        }
        return value
    }
}
