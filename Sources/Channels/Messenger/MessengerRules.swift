package import DripCore

extension ChannelRules {
    package static let messenger = ChannelRules(
        name: .messenger,
        noun: "Messenger",
        policy: .conversation,
        limits: ContentLimits(
            text: MessengerLimits.textCharacters,
            textWithButtons: MessengerLimits.textWithButtonsCharacters,
            cardTitle: MessengerLimits.cardTitleCharacters,
            cardSubtitle: MessengerLimits.cardSubtitleCharacters
        ),
        rates: SendRates(
            perSecond: MessengerLimits.messagesPerSecond,
            mediaPerSecond: MessengerLimits.mediaPerSecond,
            privateRepliesPerHour: MessengerLimits.privateRepliesPerHour
        ),
        capabilities: [.pages]
    )
}
