import DripCore

/// The top-level keys of a sequence file; the keys of a step are in `StepSchema`.
enum SequenceSchema {
    static let mostSteps = 200

    static let top = FieldSchema(
        "a sequence",
        fields: settings + [
            .init(
                "steps",
                "The messages to send, and how long after the start. Their times decide the order, not their order in the file.",
                .list(of: .mapping(StepSchema.step), 1...mostSteps)
            )
        ],
        required: ["sequence", "start", "steps"],
        elsewhere: homes(of: StepSchema.keys.map(\.key), home: "in a step")
    )

    static let settings: [FieldSchema.Field] = [
        .init(
            "sequence",
            "The sequence's identity: the file's name without its extension.",
            .name(pattern: IdentityParser.pattern)
        ),
        .init("title", "A title for the team. Customers never see it.", .text),
        .init("start", "The events that enroll a person: any of these.", .list(of: .choice(start), 1...1000)),
        .init(
            "again",
            "Whether a person whose enrollment has ended may start again: never (default), always, or after a time, such "
                + "as 'after 90 days'.",
            .either([.words(["never", "always"]), .pattern("^after\\s+" + OffsetParser.pattern.dropFirst())])
        ),
        .init(
            "stop",
            "The events that end an enrollment before its last step. Opting out always does.",
            .list(of: .choice(stop), 1...1000)
        ),
        .init(
            "pause_on_human",
            "How long it pauses after a team member wrote in the conversation (default 24 h), or 'never'.",
            .either([.words(["never"]), .pattern(OffsetParser.pattern)])
        ),
        .init(
            "purpose",
            "Decides which platform and legal rules apply: care (default), promotion or transaction.",
            .words(Purpose.allCases.map(\.rawValue))
        ),
        .init(
            "typing",
            "How long to show a typing indicator before each step: up to 20 s (default: not at all).",
            .pattern(OffsetParser.pattern)
        ),
        .init(
            "persona",
            "The id of the page's persona to send as (default: the page itself, or the persona set for it in dripd.yaml).",
            .name(pattern: PersonaParser.pattern)
        ),
        .init(
            "via",
            "The channels to try, in this order (default: the one the person came by, then those that a step has content for).",
            StepSchema.via
        ),
        .init("pages", "The ids of the pages that use it (default: all).", .list(of: pageID, 1...1000)),
        .init("timezone", "The time zone of people whose own is not known: a region and a city.", .name(pattern: zone)),
        .init("quiet", "The local hours in which nothing is sent, such as 21:30-08:00.", .pattern(QuietParser.pattern)),
        .init(
            "days",
            "The local weekdays on which messages are sent, such as mon-sat (default: all).",
            .either([.pattern(WeekdaysParser.pattern), .list(of: .pattern(WeekdaysParser.pattern), 1...1000)])
        ),
        .init(
            "gap",
            "The minimum time between two of its messages to one person, up to 24 h (default 1 h), or 'none'. It does not "
                + "delay steps that the file places closer together.",
            .either([.words(["none"]), .pattern(OffsetParser.pattern)])
        ),
        .init("late", "How late a step may be sent, for example after an outage.", .mapping(late)),
        .init(
            "on_edit",
            "What an edit of the file means for people under way: they follow it (follow, the default), or finish the "
                + "version that they started with (pin).",
            .words(OnEdit.allCases.map(\.rawValue))
        ),
        .init(
            "extend",
            "Who gets a step that is appended later: people under way (active, the default), or also people who had "
                + "finished (finished).",
            .words(Extend.allCases.map(\.rawValue))
        ),
        .init(
            "moved",
            "Renamed steps: people who got a step under its old name do not get it again.",
            .list(of: .mapping(move), 1...1000)
        ),
    ]

    static let start = ChoiceSchema(
        "start",
        words: [
            .init("first_message", "The person's first message ever to the page."),
            .init("manual", "Only by hand: dripd people enroll."),
        ],
        fields: [
            .init("ref", "An m.me link, an ad or a postback with this ref.", .name(pattern: IdentityParser.refPattern)),
            .init(
                "message",
                "A message that consists of this text, or of one of these; case and outer spaces do not matter.",
                .either([.text, .list(of: .text, 1...1000)])
            ),
            .init(
                "comment",
                "A comment on a post of the page that matches this. The first step is a private reply to it.",
                .mapping(comment)
            ),
            .init("postback", "A tap on a button with this payload, such as GET_STARTED.", .text),
            .init("tag", "The person gets this tag.", .name(pattern: TagParser.pattern)),
        ],
        examples: [
            "ref": "spring", "message": "[\"Đã share\"]", "comment": "{contains: \"Đã share\"}",
            "postback": "GET_STARTED", "tag": "vip",
        ]
    )

    static let comment = FieldSchema(
        "'comment'",
        fields: [
            .init(
                "contains",
                "A text to look for in the comment, or a list of texts: one of them is enough. Case does not matter. Default: any comment.",
                .either([.text, .list(of: .text, 1...1000)])
            ),
            .init(
                "post",
                "The post's id: the page's id, '_' and the post's own (default: every post).",
                .pattern("^[0-9]{1,32}_[0-9]{1,32}$")
            ),
        ]
    )

    static let stop = ChoiceSchema(
        "stop",
        words: [
            .init("opted_out", "The person opts out. This always applies, listed or not."),
            .init("replied", "The person writes, or taps a button."),
        ],
        fields: [
            .init("tag", "The person gets this tag.", .name(pattern: TagParser.pattern)),
            .init("sequence", "The person starts this other sequence.", .name(pattern: IdentityParser.pattern)),
        ],
        examples: ["tag": "bought", "sequence": "tu-van"]
    )

    static let late = FieldSchema(
        "'late'",
        fields: [
            .init("after", "A step that is more than this overdue is late.", .pattern(OffsetParser.pattern)),
            .init("then", "What to do with a late step.", .words(LateRule.Then.allCases.map(\.rawValue))),
        ],
        required: ["after", "then"]
    )

    static let move = FieldSchema(
        "a move",
        fields: [
            .init("from", "The step's old name.", .name(pattern: IdentityParser.pattern)),
            .init("to", "Its name now.", .name(pattern: IdentityParser.pattern)),
        ],
        required: ["from", "to"]
    )

    private static let pageID = ValueSchema.name(pattern: "^[0-9]{1,32}$")
    private static let zone = "^(UTC|[A-Za-z_+-]+(/[A-Za-z0-9_+-]+)+)$"

    static func homes(of keys: [String], home: String) -> [String: String] {
        Dictionary(uniqueKeysWithValues: keys.map { ($0, home) })
    }
}
