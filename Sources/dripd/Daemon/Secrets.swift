import Channels
import DripCore
import Foundation
import Logging
import SequenceFiles

/// The values of the secrets that the configuration names.
struct Secrets {
    let appSecret: String
    /// The secret for `appsecret_proof`; nil if the configuration turns that off.
    let proofSecret: String?
    let verifyToken: String
    /// Page tokens by page.
    let tokens: [String: String]
    let marketing: [String: MarketingAccount]
    /// The secrets of the other channels' accounts, by channel, account and field.
    let channels: [ChannelName: [String: [String: String]]]

    /// Returns warnings about weak secrets. A stand-in for the platform on this machine may use any word.
    static func weaknesses(
        _ configuration: MessengerConfiguration,
        appSecret: String,
        verifyToken: String
    ) -> [String] {
        guard !configuration.graph.isLoopback else { return [] }
        return [
            SecretStrength.warning(appSecret: appSecret), SecretStrength.warning(verifyToken: verifyToken),
        ].compactMap(\.self)
    }

    /// - Parameter source: returns the place from which a secret is read.
    /// - Throws: `SecretError`, which says what to do.
    init(
        _ configuration: Configuration,
        environment: [String: String],
        logger: Logger,
        from source: (Secret) -> Secret = { $0 }
    ) throws {
        func read(_ secret: Secret) throws -> String {
            let (value, warnings) = try source(secret).read(environment: environment)
            for warning in warnings { logger.warning("\(warning)") }
            return value.revealed
        }
        var channels: [ChannelName: [String: [String: String]]] = [:]
        for channel in configuration.channels {
            for account in channel.accounts {
                channels[channel.rules.name, default: [:]][account.id] = try account.secrets.mapValues(read)
            }
        }
        self.channels = channels
        let configuration = configuration.messenger
        appSecret = try read(configuration.appSecret)
        proofSecret = configuration.provesAppSecret ? appSecret : nil
        verifyToken = try read(configuration.verifyToken)
        for warning in Self.weaknesses(configuration, appSecret: appSecret, verifyToken: verifyToken) {
            logger.warning("\(warning)")
        }
        var tokens: [String: String] = [:]
        for page in configuration.pages { tokens[page.id] = try read(page.token) }
        self.tokens = tokens
        var accounts: [String: MarketingAccount] = [:]
        for page in configuration.pages {
            accounts[page.id] = try page.marketing.map { marketing in
                MarketingAccount(
                    adAccount: marketing.adAccount,
                    campaign: marketing.campaign,
                    token: try read(marketing.token)
                )
            }
        }
        marketing = accounts
    }
}
