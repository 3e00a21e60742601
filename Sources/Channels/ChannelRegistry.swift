package import DripCore

/// All channels, in the order in which a step tries them unless it says otherwise.
package enum ChannelRegistry {
    package static let all: [ChannelRules] = [.messenger, .email, .push]

    /// Returns all channels, for a simulation: those of the configuration, and the others as if they had an account.
    package static func simulated(_ configured: [ConfiguredChannel]) -> [ConfiguredChannel] {
        all.map { rules in
            // The person may write to any page, also to one that a sequence names and the configuration does not.
            guard !rules.capabilities.contains(.pages) else { return ConfiguredChannel(rules: rules, accounts: []) }
            return configured.first { $0.rules.name == rules.name }
                ?? ConfiguredChannel(rules: rules, accounts: ["simulated"])
        }
    }

    package static func rules(of channel: ChannelName) -> ChannelRules? {
        all.first { $0.name == channel }
    }

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

/// Passes each message to the channel of its address.
package struct ChannelTable: Channel {
    private let channels: [ChannelName: any Channel]

    package init(_ channels: [ChannelName: any Channel]) {
        self.channels = channels
    }

    package func deliver(_ message: OutgoingMessage) async -> Outcome {
        let name = message.person.address.account.channel
        guard let channel = channels[name] else {
            return .unsent(why: "\(name.rawValue) is not in the configuration any more")
        }
        return await channel.deliver(message)
    }

    package func show(_ typing: Typing, from account: String) async {
        await channels[.messenger]?.show(typing, from: account)
    }
}
