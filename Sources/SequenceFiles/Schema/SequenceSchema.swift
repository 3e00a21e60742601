import DripCore

/// The keys of a sequence file, top level; those of a step are in `StepSchema`.
enum SequenceSchema {
    static let mostSteps = 200

    static let top = FieldSchema(
        "a sequence",
        fields: settings + [
            .init(
                "steps",
                "What is sent, and how long after the start. Offsets decide: the order in the file does not matter.",
                .list(of: .mapping(StepSchema.step), 1...mostSteps)
            )
        ],
        required: ["sequence", "start", "steps"],
        elsewhere: homes(of: StepSchema.keys.map(\.key), home: "in a step")
    )

    static let settings: [FieldSchema.Field] = [
        .init("sequence", "Identity: the file's name without its ending.", .name(pattern: IdentityText.pattern)),
        .init("title", "For people; nobody but the team sees it.", .text),
        .init("start", "Any of these enrols a person.", .list(of: .choice(start), 1...1000)),
        .init(
            "again",
            "Whether somebody who has been through it starts anew: never (default), always, or after a time, such as "
                + "'after 90 days'.",
            .either([.words(["never", "always"]), .pattern("^after\\s+" + OffsetText.pattern.dropFirst())])
        ),
        .init(
            "stop",
            "What ends a person's way before its last step. That they asked to get nothing more always does.",
            .list(of: .choice(stop), 1...1000)
        ),
        .init(
            "pause_on_human",
            "How long it waits after somebody of the team wrote in the thread (default 24 h), or 'never'.",
            .either([.words(["never"]), .pattern(OffsetText.pattern)])
        ),
        .init(
            "purpose",
            "Decides which rules of the platform and of the law apply: care (default), promotion or transaction.",
            .words(Purpose.allCases.map(\.rawValue))
        ),
        .init(
            "typing",
            "For how long the person sees that the page writes, before each step: up to 20 s (default: not at all).",
            .pattern(OffsetText.pattern)
        ),
        .init(
            "persona",
            "The number of the page's persona under whose name and picture it stands (default: the page's own name, or what dripd.yaml says for it).",
            .name(pattern: PersonaText.pattern)
        ),
        .init("pages", "The ids of the pages that it is for (default: all).", .list(of: pageID, 1...1000)),
        .init("timezone", "For people whose own zone is not known: a region and a city.", .name(pattern: zone)),
        .init("quiet", "Local times in which nothing is sent, such as 21:30-08:00.", .pattern(QuietText.pattern)),
        .init(
            "days",
            "Local weekdays on which anything is sent, such as mon-sat (default: all).",
            .either([.pattern(WeekdaysText.pattern), .list(of: .pattern(WeekdaysText.pattern), 1...1000)])
        ),
        .init(
            "gap",
            "The least time between two messages of it to one person, up to 24 h (default 1 h), or 'none'. Steps that the file "
                + "itself places closer are not held by it.",
            .either([.words(["none"]), .pattern(OffsetText.pattern)])
        ),
        .init("late", "How late a step may go out, after an outage for instance.", .mapping(late)),
        .init(
            "on_edit",
            "What an edit of the file means for the people under way: they follow it (default), or finish the version "
                + "that they began with (pin).",
            .words(OnEdit.allCases.map(\.rawValue))
        ),
        .init(
            "extend",
            "Who gets a step that is appended later: those under way (active, the default), or those who had finished, "
                + "too.",
            .words(Extend.allCases.map(\.rawValue))
        ),
        .init(
            "moved",
            "Steps that go by another name now: who got one under its old name has got it.",
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
            .init("ref", "An m.me link, an ad or a postback with this ref.", .name(pattern: IdentityText.refPattern)),
            .init(
                "message",
                "A message that says this, or one of these, and nothing else; case and outer spaces do not count.",
                .either([.text, .list(of: .text, 1...1000)])
            ),
            .init(
                "comment",
                "A comment on a post of the page that contains this: the first step answers it as a private reply.",
                .mapping(comment)
            ),
            .init("postback", "A tap on a button with this payload, such as GET_STARTED.", .text),
            .init("tag", "The person gets this tag.", .name(pattern: TagText.pattern)),
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
                "A text, or several of which the comment has one; case does not count. Default: it may say anything.",
                .either([.text, .list(of: .text, 1...1000)])
            ),
            .init(
                "post",
                "The post's id: the page's, '_' and its own (default: every post).",
                .pattern("^[0-9]{1,32}_[0-9]{1,32}$")
            ),
        ]
    )

    static let stop = ChoiceSchema(
        "stop",
        words: [
            .init("opted_out", "The person asked to get nothing more. Holds always, said or not."),
            .init("replied", "The person writes, or taps a button."),
        ],
        fields: [
            .init("tag", "The person gets this tag.", .name(pattern: TagText.pattern)),
            .init("sequence", "The person starts this other sequence.", .name(pattern: IdentityText.pattern)),
        ],
        examples: ["tag": "bought", "sequence": "tu-van"]
    )

    static let late = FieldSchema(
        "'late'",
        fields: [
            .init("after", "As late as this is late.", .pattern(OffsetText.pattern)),
            .init("then", "What becomes of a late step.", .words(LateRule.Then.allCases.map(\.rawValue))),
        ],
        required: ["after", "then"]
    )

    static let move = FieldSchema(
        "a move",
        fields: [
            .init("from", "The step's old name.", .name(pattern: IdentityText.pattern)),
            .init("to", "Its name now.", .name(pattern: IdentityText.pattern)),
        ],
        required: ["from", "to"]
    )

    private static let pageID = ValueSchema.name(pattern: "^[0-9]{1,32}$")
    private static let zone = "^(UTC|[A-Za-z_+-]+(/[A-Za-z0-9_+-]+)+)$"

    static func homes(of keys: [String], home: String) -> [String: String] {
        Dictionary(uniqueKeysWithValues: keys.map { ($0, home) })
    }
}
