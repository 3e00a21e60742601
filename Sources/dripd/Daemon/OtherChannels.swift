import Channels
import DripCore
import DripStore
import Foundation
import SequenceFiles

/// The channels besides Messenger, made from the configuration, and the links to the public pages.
struct OtherChannels: Sendable {
    let channels: [ChannelName: any Channel]
    /// nil if the configuration has no `public_url`.
    let links: PublicLinks?
    private let configuration: Configuration
    private let email: EmailChannel?
    private let push: PushChannel?

    /// - Throws: `Failure`, which names the account that cannot be used.
    init(
        _ configuration: Configuration,
        _ secrets: Secrets,
        _ store: Store,
        _ transport: any Transport,
        clock: @escaping @Sendable () -> Instant
    ) async throws {
        self.configuration = configuration
        let key = try await store.linkKey()
        links = configuration.publicURL.map { PublicLinks(base: $0, key: key) }
        var channels: [ChannelName: any Channel] = [:]
        let accounts = try Self.emailAccounts(configuration, secrets)
        email =
            try accounts.isEmpty
            ? nil
            : EmailChannel(
                transport: CurlMailTransport(),
                accounts: accounts,
                links: links,
                referenceKey: Array(key),
                zone: configuration.zone,
                now: clock
            )
        channels[.email] = email
        let sites = try Self.pushAccounts(configuration, secrets)
        push =
            sites.isEmpty
            ? nil
            : PushChannel(
                transport: transport,
                accounts: sites,
                allowsLoopback: configuration.messenger.graph.isLoopback,
                now: clock
            )
        channels[.push] = push
        self.channels = channels
    }

    /// Replaces the secrets for all later messages.
    func use(_ secrets: Secrets) throws {
        email?.use(try Self.emailAccounts(configuration, secrets))
        push?.use(try Self.pushAccounts(configuration, secrets))
    }

    /// The public part of the first site's key, for the page on which people subscribe.
    static func applicationServerKey(_ configuration: Configuration, _ secrets: Secrets) throws -> String? {
        guard let first = configuration.channels.first(where: { $0.rules.name == .push })?.accounts.first else {
            return nil
        }
        return try pushAccounts(configuration, secrets)[first.id]?.key.applicationServerKey
    }

    private static func accounts<Account>(
        of channel: ChannelName,
        _ configuration: Configuration,
        _ secrets: Secrets,
        _ make: (AccountConfiguration, [String: String]) throws -> Account
    ) throws -> [String: Account] {
        let all = configuration.channels.first { $0.rules.name == channel }?.accounts ?? []
        var accounts: [String: Account] = [:]
        for account in all {
            do {
                accounts[account.id] = try make(account, secrets.channels[channel]?[account.id] ?? [:])
            } catch {
                throw Failure("\(channel.rawValue) account '\(account.id)': \(error)")
            }
        }
        return accounts
    }

    private static func emailAccounts(
        _ configuration: Configuration,
        _ secrets: Secrets
    ) throws -> [String: EmailAccount] {
        try accounts(of: .email, configuration, secrets) { account, secrets in
            guard let from = account.values["from"].flatMap(Mailbox.init), let url = account.values["smtp.url"] else {
                throw Failure("'from' and 'smtp' are needed")
            }
            let signer = try secrets["dkim.key"].map { key in
                guard let selector = account.values["dkim.selector"] else { throw Failure("'dkim' needs 'selector'") }
                return try DKIMSigner(domain: from.address.domain, selector: selector, key: key)
            }
            return EmailAccount(
                from: from,
                server: MailServer(
                    url: url,
                    user: secrets["smtp.user"],
                    password: secrets["smtp.password"],
                    isPlain: MailServer.mayBePlain(url, isTrial: configuration.messenger.graph.isLoopback)
                ),
                signer: signer,
                bounceDomain: try account.values["bounces"].map { domain in
                    guard EmailAddress("bounce@\(domain)") != nil else {
                        throw Failure("'bounces: \(domain)' is not a domain")
                    }
                    return domain
                },
                identity: account.values["identity"],
                label: account.values["label"] ?? EmailAccount.standardLabel,
                language: account.values["language"] ?? "vi"
            )
        }
    }

    private static func pushAccounts(_ configuration: Configuration, _ secrets: Secrets) throws -> [String: PushAccount]
    {
        try accounts(of: .push, configuration, secrets) { account, secrets in
            guard let key = secrets["key"].flatMap(VAPIDKey.init) else {
                throw Failure("'key' is not a key of `dripd push key`")
            }
            return PushAccount(key: key, contact: account.values["contact"] ?? "")
        }
    }
}
