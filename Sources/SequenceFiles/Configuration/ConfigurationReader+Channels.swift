import Channels
import DripCore
import Foundation

/// Reads the accounts of the channels that declare their keys (`ChannelRules.account`).
extension ConfigurationReader {
    static let standardAccountRate = 5

    mutating func readChannels(_ top: Fields, hasPages: Bool) -> [ChannelConfiguration] {
        var channels: [ChannelConfiguration] = []
        for rules in ConfigurationSchema.channels {
            var accounts: [AccountConfiguration] = []
            var lines: [String: Int] = [:]
            for entry in report.list(top, rules.name.rawValue) ?? [] {
                guard let account = readAccount(entry, rules) else { continue }
                if let line = lines[account.id] {
                    report.error("duplicate account '\(account.id)'; the first is on line \(line)", at: entry.place)
                    continue
                }
                lines[account.id] = entry.place.line
                accounts.append(account)
            }
            guard !accounts.isEmpty else { continue }
            if !hasPages {
                report.error(
                    "'\(rules.name.rawValue)' needs 'public_url' at the top of the file: people use dripd's pages to stop such messages",
                    at: top.place(of: rules.name.rawValue)
                )
            }
            channels.append(ChannelConfiguration(rules: rules, accounts: accounts))
        }
        return channels
    }

    private mutating func readAccount(_ entry: YAMLNode, _ rules: ChannelRules) -> AccountConfiguration? {
        guard let fields = Fields(entry, ConfigurationSchema.account(of: rules), report: &report) else { return nil }
        let id = report.value(fields, "id") { (text) throws(ParseError) -> String in
            guard text.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]{0,63}/) != nil else {
                throw ParseError("'\(text)' is not an account's id: use letters, digits, '.', '-' and '_'")
            }
            return text
        }
        let rate = report.value(fields, "rate") { (text) throws(ParseError) -> Int in
            try RateParser.parse(text, isLoopback: false)
        }
        var values: [String: String] = [:]
        var secrets: [String: Secret] = [:]
        var mappings: [String: Fields] = [:]
        for field in rules.account {
            let names = field.name.split(separator: ".").map(String.init)
            let home: Fields?
            if names.count == 1 {
                home = fields
            } else if let known = mappings[names[0]] {
                home = known
            } else {
                home = fields[names[0]].flatMap {
                    Fields($0, ConfigurationSchema.mapping(names[0], of: rules), report: &report)
                }
                mappings[names[0]] = home
            }
            guard let home else { continue }
            if field.kind == .secret {
                secrets[field.name] = readSecret(home, names[names.count - 1])
            } else {
                values[field.name] = readValue(home, names[names.count - 1], field.kind)
            }
        }
        guard let id else { return nil }
        return AccountConfiguration(id: id, rate: rate ?? Self.standardAccountRate, values: values, secrets: secrets)
    }

    private mutating func readValue(_ fields: Fields, _ key: String, _ kind: AccountField.Kind) -> String? {
        switch kind {
        case .text, .secret: return report.text(fields, key)
        case .word(let words):
            return report.value(fields, key) { (text) throws(ParseError) -> String in
                guard words.contains(text) else {
                    throw ParseError("'\(text)' is not one of: \(words.joined(separator: ", "))")
                }
                return text
            }
        case .mailbox:
            return report.value(fields, key) { (text) throws(ParseError) -> String in
                guard Mailbox(text) != nil else {
                    throw ParseError(
                        "'\(text)' is not an address, such as care@shop.example or 'Shop ABC <care@shop.example>'"
                    )
                }
                return text
            }
        case .url(let schemes):
            return report.value(fields, key) { (text) throws(ParseError) -> String in
                let scheme = text.prefix { $0 != ":" }
                let isASCII = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
                guard schemes.contains(String(scheme)), text.utf8.count > scheme.utf8.count + 1, isASCII,
                    URLComponents(string: text) != nil
                else {
                    throw ParseError("'\(text)' must begin with \(schemes.map { "\($0):" }.joined(separator: " or "))")
                }
                return text
            }
        }
    }

    /// The pages need TLS, which a proxy ends: browsers refuse notifications without it, and the links are personal.
    static func publicURL(_ text: String) throws(ParseError) -> String {
        let url = try WebAddress.parse(text)
        let parts = URLComponents(string: url)
        let isHere = ["localhost", "127.0.0.1", "[::1]"].contains(parts?.host ?? "")
        guard parts?.scheme == "https" || isHere else { throw ParseError("'\(text)' must begin with https://") }
        guard parts?.path.isEmpty ?? true || parts?.path == "/", parts?.query == nil, parts?.fragment == nil else {
            throw ParseError("'\(text)': write only the scheme and the host, such as https://care.shop.example")
        }
        return url.hasSuffix("/") ? String(url.dropLast()) : url
    }
}
