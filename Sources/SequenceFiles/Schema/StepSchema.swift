import Channels
import DripCore

/// The keys of a step and of the mappings in it.
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

    static let keys: [FieldSchema.Field] =
        [
            .init("step", "The step's identity within the sequence.", .name(pattern: IdentityParser.pattern)),
            .init(
                "after",
                "How long after the start the step is due. Units: s, min, h, day, week, month.",
                .pattern(OffsetParser.pattern)
            ),
            .init(
                "at",
                "The local time on that day, such as 09:00; needs an 'after' of days, weeks or months.",
                .pattern("^\(TimeOfDayParser.pattern)$")
            ),
            .init(
                "pull_into_window",
                "How much earlier the step may be sent to stay within the 24-hour window. Units: s, min, h.",
                .pattern(OffsetParser.pattern)
            ),
            .init(
                "outside_window",
                "What to do when the platform's window is closed: the first of these that is permitted.",
                .list(of: .choice(outsideWindow), 1...4)
            ),
            .init("only_if", "Who gets the step; checked when it is due.", .choice(onlyIf)),
            .init(
                "typing",
                "How long to show a typing indicator first: up to 20 s (default: as set for the sequence).",
                .pattern(OffsetParser.pattern)
            ),
            .init(
                "persona",
                "The id of the page's persona to send as (default: as set for the sequence).",
                .name(pattern: PersonaParser.pattern)
            ),
            .init("text", "The text, with {{variables}} and {{word|lists}}.", .text),
            .init(
                "variants",
                "A split test: each person always gets the same one of these texts.",
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
            .init(
                "cards",
                "Cards side by side, after everything else.",
                .list(of: .mapping(card), 1...MessengerLimits.cards)
            ),
            .init("buttons", "Buttons below the text.", .list(of: .mapping(button), 1...MessengerLimits.buttons)),
            .init(
                "quick_replies",
                "Answers to tap, below the step's last message; they disappear with the next message. phone and email offer "
                    + "the person's own, if the platform knows them.",
                .list(of: .either([.words(contacts), .mapping(quickReply)]), 1...MessengerLimits.quickReplies)
            ),
            .init("via", "The channels to try, in this order (default: as set for the sequence).", via),
            .init(
                "ask",
                "Offers to leave an address on another channel. Leaving it is a consent to messages there.",
                .either([.words(ChannelReader.asked.map(\.name.rawValue)), .mapping(ask)])
            ),
        ]
        + ChannelRegistry.all.filter { !$0.content.isEmpty }.map { rules in
            .init(rules.name.rawValue, "What the step says by \(rules.noun).", .mapping(content(of: rules)))
        }

    static let via = ValueSchema.list(of: .words(ChannelReader.names), 1...ChannelRegistry.all.count)

    static let ask = FieldSchema(
        "'ask'",
        fields: ChannelReader.asked.map {
            .init($0.name.rawValue, "Asks for an \($0.noun) address, with more about it.", .mapping(askMore))
        },
        oneOf: ChannelReader.asked.map(\.name.rawValue)
    )

    static let askMore = FieldSchema(
        "an address to ask for",
        fields: [
            .init(
                "purpose",
                "What the person agrees to: care (default), promotion or transaction.",
                .words(Purpose.allCases.map(\.rawValue))
            ),
            .init("text", "A sentence below the step's text, which is recorded with the consent.", .text),
        ]
    )

    /// The keys of a step's own content for a channel.
    static func content(of rules: ChannelRules) -> FieldSchema {
        FieldSchema(
            "'\(rules.name.rawValue)'",
            fields: rules.content.map {
                .init($0.name, $0.about, $0.isURL ? .pattern("^[Hh][Tt][Tt][Pp][Ss]?://") : .text)
            }
        )
    }

    static let variant = FieldSchema(
        "a variant",
        fields: [
            .init("text", "The text, with {{variables}} and {{word|lists}}.", .text),
            .init("weight", "How often it is chosen, relative to the other weights (default 1).", .whole(1...1000)),
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
        .init("start", "A tap enrolls the person in this sequence.", .name(pattern: IdentityParser.pattern)),
        .init("tag", "A tap gives the person this tag.", .name(pattern: TagParser.pattern)),
        .init("stop", "A tap opts the person out.", .truth([true])),
    ]

    static let button = FieldSchema(
        "a button",
        fields: [
            .init("title", "At most \(MessengerLimits.buttonTitleCharacters) characters.", .text),
            .init("url", "A tap opens this address.", .pattern("^[Hh][Tt][Tt][Pp][Ss]?://")),
            .init("phone", "A tap calls this number: + and digits.", .pattern(PhoneParser.pattern)),
            .init("postback", "A tap sends this payload, which can start sequences ('start: [postback: …]').", .text),
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
            .init("tag", "The person has this tag.", .name(pattern: TagParser.pattern)),
            .init("not_tag", "The person does not have this tag.", .name(pattern: TagParser.pattern)),
            .init("has", "The person has this attribute: phone, email or any other.", .text),
            .init("replied", "Whether the person wrote after the start.", .truth([true, false])),
            .init(
                "can",
                "The person can be reached on this channel, and agreed to that.",
                .words(ChannelReader.names)
            ),
        ],
        examples: ["tag": "vip", "not_tag": "vip", "has": "phone", "replied": "true", "can": "email"]
    )

    static let outsideWindow = ChoiceSchema(
        "outside_window entry",
        words: [
            .init(
                "marketing",
                "A paid marketing message, if the person subscribed and dripd.yaml has a campaign for the page."
            )
        ],
        fields: [
            .init("utility", "A utility template of the page that the platform has approved.", .mapping(utility)),
            .init(
                "one_time",
                "The one message about this topic that the person asked for, if dripd.yaml allows it for the page.",
                .name(pattern: "^[A-Za-z0-9_.:-]{1,200}$")
            ),
            .init(
                "wait",
                "Wait this long for the person to write, then skip the step. Must be the last entry.",
                .pattern(OffsetParser.pattern)
            ),
        ],
        examples: ["utility": "{template: order_update, language: vi}", "one_time": "STOCK", "wait": "3 days"]
    )

    static let utility = FieldSchema(
        "'utility'",
        fields: [
            .init("template", "The template's name on the platform.", .name(pattern: UtilityReader.namePattern)),
            .init(
                "language",
                "The language, as the platform names it: vi, en_US.",
                .name(pattern: UtilityReader.languagePattern)
            ),
            .init("parameters", "A text for each parameter of the template.", .texts),
        ],
        required: ["template", "language"]
    )
}
