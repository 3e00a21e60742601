import DripCore

/// The keys of a step and of what is in it.
enum StepSchema {
    static let step = FieldSchema(
        "a step",
        fields: keys,
        required: ["step", "after"],
        elsewhere: SequenceSchema.homes(
            of: SequenceSchema.settings.map(\.key) + ["steps"],
            home: "at the top of the file"
        )
    )

    static let keys: [FieldSchema.Field] = [
        .init("step", "Identity within the sequence.", .name(pattern: IdentityText.pattern)),
        .init(
            "after",
            "How long after the start it is due. Units: s, min, h, day, week, month.",
            .pattern(OffsetText.pattern)
        ),
        .init(
            "at",
            "The local time of that day, such as 09:00; with an 'after' of days, weeks or months.",
            .pattern("^\(TimeOfDayText.pattern)$")
        ),
        .init(
            "pull_into_window",
            "Up to this much earlier it may go out, so that it still meets the 24-hour window. Units: s, min, h.",
            .pattern(OffsetText.pattern)
        ),
        .init(
            "outside_window",
            "What becomes of it when the platform's window is closed: the first of these that is permitted.",
            .list(of: .choice(outsideWindow), 1...4)
        ),
        .init("only_if", "Who gets it; looked at when it is due.", .choice(onlyIf)),
        .init(
            "typing",
            "For how long the person sees first that the page writes: up to 20 s (default: what the sequence says).",
            .pattern(OffsetText.pattern)
        ),
        .init(
            "persona",
            "The number of the page's persona under whose name and picture it stands (default: the page's own name, or what dripd.yaml says for it).",
            .name(pattern: PersonaText.pattern)
        ),
        .init("text", "The text, with {{variables}} and {{word|lists}}.", .text),
        .init(
            "variants",
            "A split test: a person always sees the same one of these texts.",
            .list(of: .mapping(variant), 2...VariantsReader.most)
        ),
        .init(
            "images",
            "Pictures, all in one message: files beside this one (media/a.jpg), or https:// addresses.",
            .list(of: .text, 1...MessengerLimits.images)
        ),
        .init("video", "A video: a file beside this one (media/a.mp4), or an https:// address.", .text),
        .init("audio", "A sound: a file beside this one (media/a.mp3), or an https:// address.", .text),
        .init("file", "A document: a file beside this one (media/a.pdf), or an https:// address.", .text),
        .init("cards", "Cards side by side, behind all else.", .list(of: .mapping(card), 1...MessengerLimits.cards)),
        .init("buttons", "Buttons below the text.", .list(of: .mapping(button), 1...MessengerLimits.buttons)),
        .init(
            "quick_replies",
            "Answers to tap, below the step's last message; they are gone with the next one. phone and email offer the "
                + "person's own, where the platform knows them.",
            .list(of: .either([.words(contacts), .mapping(quickReply)]), 1...MessengerLimits.quickReplies)
        ),
    ]

    static let variant = FieldSchema(
        "a variant",
        fields: [
            .init("text", "The text, with {{variables}} and {{word|lists}}.", .text),
            .init("weight", "How often it is taken, against the others' weights (default 1).", .whole(1...1000)),
        ],
        required: ["text"]
    )

    static let card = FieldSchema(
        "a card",
        fields: [
            .init("title", "With {{variables}}; at most \(MessengerLimits.cardTitleCharacters) characters.", .text),
            .init(
                "subtitle",
                "With {{variables}}; at most \(MessengerLimits.cardSubtitleCharacters) characters.",
                .text
            ),
            .init("image", "A picture's https:// address.", .pattern("^[Hh][Tt][Tt][Pp][Ss]?://")),
            .init("url", "A tap on the card opens this address.", .pattern("^[Hh][Tt][Tt][Pp][Ss]?://")),
            .init("buttons", "Buttons on the card.", .list(of: .mapping(button), 1...MessengerLimits.buttons)),
        ],
        required: ["title"]
    )

    static let contacts = ["phone", "email"]

    static let taps: [FieldSchema.Field] = [
        .init("start", "A tap enrols in this sequence.", .name(pattern: IdentityText.pattern)),
        .init("tag", "A tap gives the person this tag.", .name(pattern: TagText.pattern)),
        .init("stop", "A tap says that the person wants nothing more.", .truth([true])),
    ]

    static let button = FieldSchema(
        "a button",
        fields: [
            .init("title", "At most \(MessengerLimits.buttonTitleCharacters) characters.", .text),
            .init("url", "A tap opens this address.", .pattern("^[Hh][Tt][Tt][Pp][Ss]?://")),
            .init("phone", "A tap calls this number: + and digits.", .pattern(PhoneText.pattern)),
            .init("postback", "A tap sends this payload, by which sequences start ('start: [postback: …]').", .text),
        ] + taps,
        required: ["title"],
        oneOf: ["url", "phone", "postback", "start", "tag", "stop"]
    )

    static let quickReply = FieldSchema(
        "a quick reply",
        fields: [.init("title", "At most \(MessengerLimits.quickReplyTitleCharacters) characters.", .text)] + taps,
        required: ["title"],
        oneOf: ["start", "tag", "stop"]
    )

    static let onlyIf = ChoiceSchema(
        "condition",
        fields: [
            .init("tag", "The person has this tag.", .name(pattern: TagText.pattern)),
            .init("not_tag", "The person does not have this tag.", .name(pattern: TagText.pattern)),
            .init("has", "This is known of the person: phone, email, any attribute.", .text),
            .init("replied", "Whether the person wrote after the start.", .truth([true, false])),
        ],
        examples: ["tag": "vip", "not_tag": "vip", "has": "phone", "replied": "true"]
    )

    static let outsideWindow = ChoiceSchema(
        "way outside the window",
        words: [
            .init(
                "marketing",
                "A paid marketing message, where the person subscribed and dripd.yaml has a campaign for the page."
            )
        ],
        fields: [
            .init("utility", "A template of the page that the platform has approved.", .mapping(utility)),
            .init(
                "one_time",
                "The one message about this topic that the person asked for, where dripd.yaml allows it for the page.",
                .name(pattern: "^[A-Za-z0-9_.:-]{1,200}$")
            ),
            .init(
                "wait",
                "It goes out if the person writes within this time, else it is skipped. Stands last.",
                .pattern(OffsetText.pattern)
            ),
        ],
        examples: ["utility": "{template: order_update, language: vi}", "one_time": "STOCK", "wait": "3 days"]
    )

    static let utility = FieldSchema(
        "'utility'",
        fields: [
            .init("template", "Its name at the platform.", .name(pattern: UtilityReader.namePattern)),
            .init("language", "As the platform names it: vi, en_US.", .name(pattern: UtilityReader.languagePattern)),
            .init("parameters", "What goes into its places: a text for each.", .texts),
        ],
        required: ["template", "language"]
    )
}
