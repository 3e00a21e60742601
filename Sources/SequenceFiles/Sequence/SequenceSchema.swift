/// The keys of a sequence file.
enum SequenceSchema {
    private static let topKeys = ["sequence", "title", "start", "again", "timezone", "quiet", "days", "late", "steps"]
    private static let stepKeys = ["step", "after", "text", "images", "video", "file", "buttons"]

    private static let topLater = ["stop", "pause_on_human", "purpose", "pages", "on_edit", "extend", "moved"]
    private static let stepLater = [
        "at", "pull_into_window", "outside_window", "only_if", "variants", "audio", "quick_replies",
    ]

    static let top = FieldSchema(
        "a sequence",
        topKeys,
        required: ["sequence", "start", "steps"],
        later: topLater,
        elsewhere: homes(of: stepKeys + stepLater, home: "in a step")
    )

    static let step = FieldSchema(
        "a step",
        stepKeys,
        required: ["step", "after"],
        later: stepLater,
        elsewhere: homes(of: topKeys + topLater, home: "at the top of the file")
    )

    /// A button needs what a tap on it does: `url`, or one of the later keys.
    static let button = FieldSchema(
        "a button",
        ["title", "url"],
        required: ["title"],
        later: ["start", "phone", "postback"]
    )

    static let late = FieldSchema("'late'", ["after", "then"], required: ["after", "then"])

    static let startWords = ["first_message", "manual"]
    static let startLater = ["message", "comment", "postback", "tag"]

    private static func homes(of keys: [String], home: String) -> [String: String] {
        Dictionary(uniqueKeysWithValues: keys.map { ($0, home) })
    }
}
