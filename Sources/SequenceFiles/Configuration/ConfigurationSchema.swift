/// The keys of the configuration file.
enum ConfigurationSchema {
    static let top = FieldSchema(
        "the configuration",
        [
            "listen", "state_directory", "control_socket", "control_group", "sequences", "timezone", "concurrency",
            "adopt", "opt_out", "messages_per_person_per_day",
            "unnamed_comments_per_hour", "messenger",
        ],
        required: ["messenger"],
        elsewhere: homes(
            of: ["graph_url", "app_secret", "appsecret_proof", "verify_token", "profile_fields", "pages"],
            home: "in 'messenger'"
        )
    )

    static let adopt = FieldSchema("'adopt'", ["confirm_above"])

    static let optOut = FieldSchema("'opt_out'", ["only"], required: ["only"])

    static let messenger = FieldSchema(
        "'messenger'",
        ["graph_url", "app_secret", "appsecret_proof", "verify_token", "profile_fields", "pages"],
        required: ["app_secret", "verify_token", "pages"],
        elsewhere: homes(of: ["token", "rate", "persona", "marketing", "one_time"], home: "in a page")
    )

    static let page = FieldSchema(
        "a page",
        ["id", "token", "rate", "persona", "marketing", "one_time"],
        required: ["id", "token"]
    )

    static let marketing = FieldSchema(
        "'marketing'",
        ["ad_account", "campaign", "token"],
        required: ["ad_account", "campaign", "token"]
    )

    static let secret = FieldSchema("a secret", ["file", "credential", "env"])

    private static func homes(of keys: [String], home: String) -> [String: String] {
        Dictionary(uniqueKeysWithValues: keys.map { ($0, home) })
    }
}
