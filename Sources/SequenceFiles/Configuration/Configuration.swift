import Channels
package import DripCore
package import Foundation

/// The operator's settings in `dripd.yaml`. Paths are resolved and can be opened.
package struct Configuration: Hashable, Sendable {
    package let listen: ListenAddress
    package let stateDirectory: String
    package let controlSocket: String
    /// The group whose members may use the control socket; nil if only the daemon's own user and root may.
    package let controlGroup: String?
    /// The path of a sequence file, or of a folder of sequence files.
    package let sequences: String
    /// The time zone of people and sequences that have none of their own.
    package let zone: TimeZone
    /// The most concurrent requests to platforms.
    package let concurrency: Int
    /// A reload that would message more people at once than this waits for `dripd apply`; nil if no reload waits.
    package let confirmAbove: Int?
    /// The messages with which people opt out.
    package let optOut: OptOut
    /// The most messages to one person a day; nil if unlimited.
    package let dailyLimit: DailyLimit?
    /// The most comments without a named author that a page answers an hour; nil if unlimited.
    package let unnamedRepliesPerHour: Int?
    /// `https://care.shop.example`, where people reach the public pages; nil if there are none.
    package let publicURL: String?
    package let messenger: MessengerConfiguration
    /// The accounts of the other channels, in the order of the registry.
    package let channels: [ChannelConfiguration]

    /// The time zone if the configuration sets none.
    package static let standardZone = TimeZone(identifier: ConfigurationReader.standardZone) ?? .gmt

    /// The settings that decide about messages: see `Catalog.with`.
    package var catalogSettings: CatalogSettings {
        CatalogSettings(
            optOut: optOut,
            subscriptionPolicies: Dictionary(
                messenger.pages.map { page in
                    (page.id, SubscriptionPolicy(campaign: page.marketing?.campaign, oneTime: page.oneTime))
                },
                uniquingKeysWith: { first, _ in first }
            ),
            channels: [ConfiguredChannel(rules: .messenger, accounts: messenger.pages.map(\.id))]
                + channels.map { ConfiguredChannel(rules: $0.rules, accounts: $0.accounts.map(\.id)) },
            dailyLimit: dailyLimit,
            unnamedRepliesPerHour: unnamedRepliesPerHour
        )
    }

    /// Reads the file. It contains only references to secrets; `Secret.read` resolves them.
    /// - Parameters:
    ///   - environment: its `STATE_DIRECTORY` and `RUNTIME_DIRECTORY`, which systemd sets, are defaults.
    ///   - installation: its directories are the next defaults if the file is its configuration.
    ///   - found: receives the warnings and notes.
    /// - Throws: every error in the file.
    package static func load(
        path: String,
        environment: [String: String],
        installation: Installation = .current,
        found: (Diagnostic) -> Void = { _ in }
    ) throws(ConfigurationError) -> Configuration {
        let file: BoundedFile
        do {
            file = try BoundedFile(path: path, limit: SourceText.longestBytes)
        } catch {
            throw ConfigurationError(diagnostics: [
                Diagnostic(file: path, place: nil, severity: .error, message: error.reason)
            ])
        }
        var reader = ConfigurationReader(
            path: path,
            environment: environment,
            installation: installation.isConfiguration(path) ? installation : nil
        )
        guard let configuration = reader.read(file.bytes) else {
            throw ConfigurationError(diagnostics: reader.report.diagnostics)
        }
        reader.report.diagnostics.forEach(found)
        return configuration
    }
}

/// The accounts of a channel.
package struct ChannelConfiguration: Hashable, Sendable {
    package let rules: ChannelRules
    /// At least one; ids are unique.
    package let accounts: [AccountConfiguration]
}

/// An account of a channel, by the names of its `AccountField`s.
package struct AccountConfiguration: Hashable, Sendable {
    package let id: String
    /// The most messages a second.
    package let rate: Int
    package let values: [String: String]
    package let secrets: [String: Secret]
}

/// The settings for a page's paid messages (Marketing Message API).
package struct MarketingConfiguration: Hashable, Sendable {
    /// The ad account's number, without `act_`.
    package let adAccount: String
    /// The platform's `message_id` of the campaign.
    package let campaign: String
    /// The access token of a system user.
    package let token: Secret
}

/// The settings for the Messenger Platform.
package struct MessengerConfiguration: Hashable, Sendable {
    package let graph: GraphURL
    /// The secret that signs the webhooks.
    package let appSecret: Secret
    /// Whether requests carry an `appsecret_proof`, for which the tokens must belong to the same app.
    package let provesAppSecret: Bool
    /// The token that the platform presents when it verifies the webhook.
    package let verifyToken: Secret
    /// The profile fields that are requested for a person, by the platform's names; empty if none are.
    package let profileFields: [String]
    /// At least one page; ids are unique.
    package let pages: [PageConfiguration]
}

/// A Facebook Page that dripd sends for.
package struct PageConfiguration: Hashable, Sendable {
    /// The page's id in the Graph API: digits.
    package let id: String
    package let token: Secret
    /// The most messages a second.
    package let rate: Int
    /// The persona that messages are sent as unless a sequence sets another; nil for the page itself.
    package let persona: String?
    /// The settings for paid messages to subscribers; nil if the page sends none.
    package let marketing: MarketingConfiguration?
    /// Whether it may use the one-time notifications that people asked for.
    package let oneTime: Bool
}

/// Every error in a configuration file that cannot be used.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    package let diagnostics: [Diagnostic]

    /// One line per diagnostic.
    package var description: String {
        diagnostics.map(\.description).joined(separator: "\n")
    }
}
