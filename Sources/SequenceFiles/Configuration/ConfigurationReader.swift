import DripCore
import Foundation

/// Reads the configuration file's content into a `Configuration`, or reports every error in it.
struct ConfigurationReader {
    static let standardZone = "Asia/Ho_Chi_Minh"
    static let standardConcurrency = 64
    static let concurrencies = 1...1000
    static let standardProfile = ["first_name", "last_name", "name"]
    static let profileFields = standardProfile + ["locale", "timezone"]
    /// `sockaddr_un.sun_path` has 108 bytes, the last of them zero. Source: unix(7).
    static let longestSocketPath = 107

    var report: FileReport
    private let environment: [String: String]
    /// The service's installation, if the file is the service's configuration.
    private let installation: Installation?
    /// The folder that relative paths are relative to.
    private let folder: String

    init(path: String, environment: [String: String], installation: Installation? = nil) {
        report = FileReport(file: path)
        self.environment = environment
        self.installation = installation
        folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    /// Returns nil if the file has errors; the report has them.
    mutating func read(_ bytes: [UInt8]) -> Configuration? {
        guard let source = SourceText(bytes: bytes, report: &report),
            let root = YAMLReader.read(source, report: &report)
        else { return nil }
        guard !root.isEmpty else {
            report.error("the file is empty", at: .start)
            return nil
        }
        guard let fields = Fields(root, ConfigurationSchema.top, report: &report) else { return nil }
        let listen = readListen(fields)
        let state =
            path(fields, "state_directory") ?? variable("STATE_DIRECTORY") ?? installation?.stateDirectory
            ?? resolved("./state")
        let socket = readSocket(fields, state: state)
        let controlGroup = readControlGroup(fields, socket: socket, state: state)
        let sequences = path(fields, "sequences") ?? resolved("./Sequences")
        let zone = report.value(fields, "timezone", ZoneParser.parse) ?? TimeZone(identifier: Self.standardZone)
        let concurrency = report.value(fields, "concurrency", Self.concurrency) ?? Self.standardConcurrency
        let confirmAbove = readConfirmAbove(fields)
        let optOut = readOptOut(fields)
        let dailyLimit =
            report.value(fields, "messages_per_person_per_day", Self.dailyLimit) ?? DailyLimit(DailyLimit.standard)
        let unnamedReplies =
            report.value(fields, "unnamed_comments_per_hour", Self.unnamedReplies)
            ?? CatalogSettings.standardUnnamedReplies
        let messenger = readMessenger(fields)
        let publicURL = report.value(fields, "public_url", Self.publicURL)
        let channels = readChannels(fields, hasPages: publicURL != nil)
        guard !report.hasErrors, let messenger, let zone else { return nil }
        return Configuration(
            listen: listen,
            stateDirectory: state,
            controlSocket: socket,
            controlGroup: controlGroup,
            sequences: sequences,
            zone: zone,
            concurrency: concurrency,
            confirmAbove: confirmAbove,
            optOut: optOut,
            dailyLimit: dailyLimit,
            unnamedRepliesPerHour: unnamedReplies,
            publicURL: publicURL,
            messenger: messenger,
            channels: channels
        )
    }

    private mutating func readListen(_ fields: Fields) -> ListenAddress {
        let listen = report.value(fields, "listen", ListenAddress.parse) ?? .standard
        if listen.isBeyondLoopback {
            report.warning(
                "other machines can reach \(listen), and dripd speaks no TLS: put a TLS proxy in front of it that forwards "
                    + "only /webhooks/messenger, and block all other clients (everyone who reaches the port can read /metrics)",
                at: fields["listen"]?.place
            )
        }
        return listen
    }

    private mutating func readSocket(_ fields: Fields, state: String) -> String {
        let inRuntime = (variable("RUNTIME_DIRECTORY") ?? installation?.runtimeDirectory).map { $0 + "/control.sock" }
        let socket = path(fields, "control_socket") ?? inRuntime ?? state + "/control.sock"
        if socket.utf8.count > Self.longestSocketPath {
            let place = fields["control_socket"]?.place ?? fields["state_directory"]?.place ?? .start
            report.error(
                "the control socket's path, '\(socket)', has \(socket.utf8.count) bytes: the system takes "
                    + "\(Self.longestSocketPath); set a shorter 'control_socket'",
                at: place
            )
        }
        return socket
    }

    /// Only the owner may enter the state directory, so a group cannot reach a socket in it.
    private mutating func readControlGroup(_ fields: Fields, socket: String, state: String) -> String? {
        guard let node = fields["control_group"], let group = name(fields, "control_group") else { return nil }
        if socket == state + "/control.sock" {
            report.error(
                "the control socket is in the state directory, which only the daemon's user may enter: set 'control_socket' "
                    + "to a path that the group '\(group)' can reach",
                at: node.place
            )
        }
        return group
    }

    /// A list extends the standard words; `{only: […]}` replaces them.
    private mutating func readOptOut(_ top: Fields) -> OptOut {
        guard let node = top["opt_out"] else { return .standard }
        guard case .mapping = node.content else { return OptOut.standard.adding(optOutWords(top, "opt_out")) }
        guard let fields = Fields(node, ConfigurationSchema.optOut, report: &report) else { return .standard }
        return .only(optOutWords(fields, "only"))
    }

    private mutating func optOutWords(_ fields: Fields, _ key: String) -> [String] {
        (report.list(fields, key) ?? []).compactMap { entry in
            guard let text = report.text(entry, as: "an opt-out word") else { return nil }
            let phrase = report.value(text, at: entry.place) { (text) throws(ParseError) -> String in
                guard Phrase(text).isVisible else { throw ParseError("an opt-out word needs a visible character") }
                guard OptOut.isPhrase(text) else {
                    throw ParseError("an opt-out phrase has at most \(OptOut.mostWords) words")
                }
                return text
            }
            if phrase != nil { report.checkTyped(text, as: "an opt-out word", at: entry.place) }
            return phrase
        }
    }

    private mutating func readConfirmAbove(_ top: Fields) -> Int? {
        guard let node = top["adopt"], let fields = Fields(node, ConfigurationSchema.adopt, report: &report) else {
            return nil
        }
        return report.value(fields, "confirm_above") { (text) throws(ParseError) -> Int in
            guard let people = Int(text), people >= 0 else {
                throw ParseError("'\(text)' is not a number of people, such as 1000")
            }
            return people
        }
    }

    private static func dailyLimit(_ text: String) throws(ParseError) -> DailyLimit? {
        if text == "none" { return nil }
        guard let count = Int(text), count > 0 else {
            throw ParseError("'\(text)' is not a number of messages, such as \(DailyLimit.standard), or none")
        }
        return DailyLimit(count)
    }

    private static func unnamedReplies(_ text: String) throws(ParseError) -> Int? {
        if text == "none" { return nil }
        guard let count = Int(text), count > 0 else {
            throw ParseError(
                "'\(text)' is not a number of comments, such as \(CatalogSettings.standardUnnamedReplies), or none"
            )
        }
        return count
    }

    private static func concurrency(_ text: String) throws(ParseError) -> Int {
        guard let count = Int(text), concurrencies.contains(count) else {
            throw ParseError(
                "'\(text)' is not a number of requests: use \(concurrencies.lowerBound) to "
                    + "\(concurrencies.upperBound)"
            )
        }
        return count
    }

    private mutating func readMessenger(_ top: Fields) -> MessengerConfiguration? {
        guard let node = top["messenger"],
            let fields = Fields(node, ConfigurationSchema.messenger, report: &report)
        else { return nil }
        let graph = report.value(fields, "graph_url", GraphURL.parse) ?? .standard
        let appSecret = readSecret(fields, "app_secret")
        let provesAppSecret = report.value(fields, "appsecret_proof", WordParser.truth) ?? true
        let verifyToken = readSecret(fields, "verify_token")
        let profileFields = readProfileFields(fields)
        var pages: [PageConfiguration] = []
        var lines: [String: Int] = [:]
        for entry in report.list(fields, "pages") ?? [] {
            if let page = readPage(entry, isLoopback: graph.isLoopback, lines: &lines) { pages.append(page) }
        }
        guard let appSecret, let verifyToken else { return nil }
        return MessengerConfiguration(
            graph: graph,
            appSecret: appSecret,
            provesAppSecret: provesAppSecret,
            verifyToken: verifyToken,
            profileFields: profileFields,
            pages: pages
        )
    }

    /// Reads `none` or a list. The name fields need no permission of their own. `locale` and `timezone` need one each; without
    /// it, the platform may refuse the whole request.
    private mutating func readProfileFields(_ fields: Fields) -> [String] {
        guard let node = fields["profile_fields"] else { return Self.standardProfile }
        if case .scalar(let scalar) = node.content, scalar.text.trimmed == "none" { return [] }
        return (report.list(fields, "profile_fields") ?? []).compactMap { entry in
            guard let text = report.text(entry, as: "a profile field") else { return nil }
            return report.value(text, at: entry.place) { (text) throws(ParseError) -> String in
                guard Self.profileFields.contains(text) else {
                    throw ParseError(
                        "'\(text)' is not one of: \(Self.profileFields.joined(separator: ", "))",
                        suggestion: Spelling.nearest(to: text, of: Self.profileFields)
                    )
                }
                return text
            }
        }
    }

    private mutating func readPage(
        _ node: YAMLNode,
        isLoopback: Bool,
        lines: inout [String: Int]
    ) -> PageConfiguration? {
        guard let fields = Fields(node, ConfigurationSchema.page, report: &report) else { return nil }
        let id = report.value(fields, "id", PageParser.parse)
        let token = readSecret(fields, "token")
        let rate = report.value(fields, "rate") { (text) throws(ParseError) -> Int in
            try RateParser.parse(text, isLoopback: isLoopback)
        }
        let persona = report.value(fields, "persona", PersonaParser.parse)
        let marketing = readMarketing(fields)
        let oneTime = report.value(fields, "one_time") { (text) throws(ParseError) -> Bool in
            guard ["true", "false"].contains(text) else { throw ParseError("'\(text)' is neither true nor false") }
            return text == "true"
        }
        guard let id, let place = fields["id"]?.place else { return nil }
        if let line = lines[id] {
            report.error("duplicate page \(id); the first is on line \(line)", at: place)
            return nil
        }
        lines[id] = place.line
        return token.map {
            PageConfiguration(
                id: id,
                token: $0,
                rate: rate ?? RateParser.standard,
                persona: persona,
                marketing: marketing,
                oneTime: oneTime ?? false
            )
        }
    }

    private mutating func readMarketing(_ page: Fields) -> MarketingConfiguration? {
        guard let node = page["marketing"], let fields = Fields(node, ConfigurationSchema.marketing, report: &report)
        else {
            return nil
        }
        let account = report.value(fields, "ad_account") { (text) throws(ParseError) -> String in
            let digits = text.hasPrefix("act_") ? String(text.dropFirst(4)) : text
            guard (1...32).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                throw ParseError("'\(text)' is not an ad account: that is a number, with or without 'act_'")
            }
            return digits
        }
        let campaign = report.value(fields, "campaign") { (text) throws(ParseError) -> String in
            guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw ParseError("'\(text)' is not a campaign's message_id")
            }
            return text
        }
        let token = readSecret(fields, "token")
        guard let account, let campaign, let token else { return nil }
        return MarketingConfiguration(adAccount: account, campaign: campaign, token: token)
    }

    /// Reads a reference to a secret. The messages omit the value, because it may be the secret itself.
    mutating func readSecret(_ fields: Fields, _ key: String) -> Secret? {
        guard let node = fields[key] else { return nil }
        let forms = "{file: secrets/\(key)}, {credential: \(key)} or {env: \(key.uppercased())}"
        guard case .mapping(let written) = node.content else {
            report.error("a secret must not be in this file: write \(forms)", at: node.place)
            return nil
        }
        guard let secret = Fields(node, ConfigurationSchema.secret, report: &report) else { return nil }
        guard written.count == 1 else {
            report.error("a secret comes from one place: write \(forms)", at: node.place)
            return nil
        }
        if let path = path(secret, "file") { return .file(path: path) }
        if name(secret, "credential") != nil, let name = report.value(secret, "credential", Self.credential) {
            return .credential(name: name)
        }
        return name(secret, "env").map { .environment(name: $0) }
    }

    private static func credential(_ text: String) throws(ParseError) -> String {
        guard !text.contains("/"), text != ".", text != ".." else {
            throw ParseError("'\(text)' is not a credential's name: use NAME of LoadCredential=NAME:PATH, without '/'")
        }
        return text
    }

    /// Reads a name that the operating system defines.
    private mutating func name(_ fields: Fields, _ key: String) -> String? {
        guard let text = report.text(fields, key) else { return nil }
        if let place = fields[key]?.place { report.checkVisible(text, as: "'\(key)'", at: place) }
        return text
    }

    private mutating func path(_ fields: Fields, _ key: String) -> String? {
        guard let text = name(fields, key) else { return nil }
        if text == "~" || text.hasPrefix("~/"), let place = fields[key]?.place {
            report.error("'\(text)': only a shell expands '~': write the full path", at: place)
        }
        return resolved(text)
    }

    private func resolved(_ path: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        return folder + "/" + (path.hasPrefix("./") ? path.dropFirst(2) : path[...])
    }

    /// Returns the first path of a systemd directory variable. If the unit names several, ':' separates them.
    private func variable(_ name: String) -> String? {
        environment[name]?.split(separator: ":").first.map(String.init)
    }
}
