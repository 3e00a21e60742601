package import DripCore

extension ChannelRegistry {
    /// Returns an address that a person told, in the form in which it is stored; nil if it is none of the channel.
    ///
    /// E-mail is stored in lower case, as messages and forms give it, so that the same address is not stored twice.
    package static func givenAddress(_ text: String, on channel: ChannelName) -> String? {
        switch channel {
        case .email: EmailAddress(text.lowercased())?.description
        default: nil
        }
    }
}
