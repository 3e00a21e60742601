package import DripCore

extension ChannelName {
    package static let push = ChannelName(rawValue: "push")
}

extension ChannelRules {
    package static let push = ChannelRules(
        name: .push,
        noun: "web push",
        // The page on which people subscribe says what they will get. A browser's permission alone is no consent to advertising.
        policy: SendPolicy(window: nil, consentFor: [.care, .promotion], refusalMayBeBlock: true),
        content: [
            ContentField("title", "The notification's title, with {{variables}}.", limit: 100, isRequired: true),
            ContentField("body", "The text below the title.", limit: 500, isRequired: true),
            ContentField("url", "The page that a tap opens.", limit: 1_000, isURL: true),
        ],
        account: [
            AccountField(
                "key",
                "The private key of the site's notifications: 'dripd push key' makes one.",
                .secret,
                isRequired: true
            ),
            AccountField(
                "contact",
                "Where push services reach the operator: mailto:… or https://….",
                .url(["mailto", "https"]),
                isRequired: true
            ),
        ]
    )
}
