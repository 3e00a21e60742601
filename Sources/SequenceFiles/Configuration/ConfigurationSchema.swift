import Channels
import DripCore

/// The keys of the configuration file.
enum ConfigurationSchema {
    static let top = FieldSchema(
        "the configuration",
        [
            "listen", "state_directory", "control_socket", "control_group", "sequences", "timezone", "concurrency",
            "adopt", "opt_out", "messages_per_person_per_day",
            "unnamed_comments_per_hour", "public_url", "messenger",
        ] + channels.map(\.name.rawValue),
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

    /// The channels whose accounts are lists of the same form.
    static var channels: [ChannelRules] { ChannelRegistry.all.filter { !$0.account.isEmpty } }

    /// The keys of a channel's account, and of the mappings in it.
    static func account(of rules: ChannelRules) -> FieldSchema {
        let keys = rules.account.map { $0.name.prefix { $0 != "." } }.map(String.init)
        let needed = rules.account.filter(\.isRequired).map { String($0.name.prefix { $0 != "." }) }
        return FieldSchema(
            "an account of '\(rules.name.rawValue)'",
            ["id", "rate"] + keys.uniqued,
            required: ["id"] + needed.uniqued
        )
    }

    static func mapping(_ name: String, of rules: ChannelRules) -> FieldSchema {
        let fields = rules.account.filter { $0.name.hasPrefix(name + ".") }
        func key(_ field: AccountField) -> String { String(field.name.dropFirst(name.count + 1)) }
        return FieldSchema("'\(name)'", fields.map(key), required: fields.filter(\.isRequired).map(key))
    }

    private static func homes(of keys: [String], home: String) -> [String: String] {
        Dictionary(uniqueKeysWithValues: keys.map { ($0, home) })
    }
}

extension [String] {
    /// The words without repetitions, in order.
    fileprivate var uniqued: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
