package import DripCore

extension ChannelName {
    package static let email = ChannelName(rawValue: "email")
}

extension ChannelRules {
    package static let email = ChannelRules(
        name: .email,
        noun: "e-mail",
        // Vietnam's Decree 91/2020 asks for consent to advertising, and dripd does for care, too: an address that somebody
        // typed is not yet a wish to get mail.
        policy: SendPolicy(window: nil, consentFor: [.care, .promotion], refusalMayBeBlock: false),
        content: [
            ContentField("subject", "The subject, with {{variables}}.", limit: 200, isRequired: true),
            ContentField(ContentField.text, "The text (default: the step's own).", limit: 20_000, isRequired: true),
        ],
        account: [
            AccountField("from", "Who sends: 'Shop ABC <care@shop.example>'.", .mailbox, isRequired: true),
            AccountField(
                "smtp.url",
                "The mail server that takes the mail: smtps://host:465, or smtp://host:587 with STARTTLS.",
                .url(["smtps", "smtp"]),
                isRequired: true
            ),
            AccountField("smtp.user", "The user name at that server.", .secret),
            AccountField("smtp.password", "The password at that server.", .secret),
            AccountField("dkim.selector", "The selector of the DKIM key (default: the server signs).", .text),
            AccountField("dkim.key", "The private DKIM key in PEM.", .secret),
            AccountField(
                "bounces",
                "The domain whose bounce+…@ addresses reach dripd, for undelivered mail (default: the sender gets it).",
                .text
            ),
            AccountField("identity", "Who the shop is: name, postal address, phone. At the end of every mail.", .text),
            AccountField("label", "Before the subject of promotion (default: [QC], as Vietnam's law asks).", .text),
            AccountField("language", "The language of the last lines: vi (default) or en.", .word(["vi", "en"])),
        ],
        attribute: "email"
    )
}
