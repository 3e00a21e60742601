import Channels
package import DripCore

/// An address in a form that its owner recognises and that tells others little. A page shows no other form: a link may be
/// forwarded.
package struct MaskedAddress: Hashable, Sendable {
    package let text: String

    /// - Returns: nil if the channel's ids say nothing to a person, such as a page-scoped id.
    /// For an address that says nothing to its person, such as a page-scoped id.
    package init(channel: ChannelName) {
        text = ChannelRegistry.rules(of: channel)?.noun ?? channel.rawValue
    }

    package init?(_ externalID: String, on channel: ChannelName) {
        switch channel.rawValue {
        case "email":
            guard let at = externalID.lastIndex(of: "@"), let first = externalID[..<at].first else { return nil }
            text = "\(first)***\(externalID[at...])"
        case "sms", "whatsapp", "zns":
            let digits = externalID.filter { $0.isASCII && $0.isNumber }
            // The end of a short number would be most of it.
            guard digits.count >= 8 else { return nil }
            text = "*** \(digits.suffix(3))"
        default: return nil
        }
    }
}
