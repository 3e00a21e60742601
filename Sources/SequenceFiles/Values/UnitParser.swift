import Channels
import DripCore

/// The settings of `dripd.service` and its drop-ins that commands need. Source: systemd.unit(5), systemd.exec(5).
struct UnitParser {
    /// The file from which systemd reads a credential.
    struct Credential: Hashable {
        let path: String
        let isEncrypted: Bool
    }

    /// FILE of `dripd run --config FILE`; the last `ExecStart=` counts.
    private(set) var configuration: String?
    private(set) var stateDirectory: String?
    private(set) var runtimeDirectory: String?
    private(set) var credentials: [String: Credential] = [:]

    /// - Parameter files: the unit, then its drop-ins in the order in which systemd reads them.
    init(_ files: [String]) {
        for file in files {
            // A backslash at the end of a line joins it with the next.
            for line in file.replacing("\\\n", with: " ").split(separator: "\n") { read(line) }
        }
    }

    private mutating func read(_ line: Substring) {
        guard let equals = line.firstIndex(of: "=") else { return }
        let key = String(line[..<equals]).trimmed
        let value = String(line[line.index(after: equals)...]).trimmed
        switch key {
        case "ExecStart": configuration = Self.configuration(of: value) ?? configuration
        case "StateDirectory": stateDirectory = Self.firstWord(value) ?? stateDirectory
        case "RuntimeDirectory": runtimeDirectory = Self.firstWord(value) ?? runtimeDirectory
        case "LoadCredential", "LoadCredentialEncrypted":
            guard let colon = value.firstIndex(of: ":") else {
                // An empty assignment clears the earlier ones.
                if value.isEmpty {
                    credentials = credentials.filter { $0.value.isEncrypted != (key != "LoadCredential") }
                }
                return
            }
            credentials[String(value[..<colon])] = Credential(
                path: String(value[value.index(after: colon)...]),
                isEncrypted: key != "LoadCredential"
            )
        default: return
        }
    }

    private static func configuration(of command: String) -> String? {
        let words = command.split(separator: " ").map { word in word.filter { $0 != "\"" && $0 != "'" } }
        for (index, word) in words.enumerated() {
            if word.hasPrefix("--config=") { return String(word.dropFirst("--config=".count)) }
            if word == "--config", index + 1 < words.count { return words[index + 1] }
        }
        return nil
    }

    private static func firstWord(_ value: String) -> String? {
        value.split(separator: " ").first.flatMap { $0.split(separator: ":").first }.map(String.init)
    }
}

/// Parses rates: `10/s`.
enum RateParser {
    static let standard = 10
    /// The limit for a test server on this machine.
    static let mostOnLoopback = 100_000

    static func parse(_ text: String, isLoopback: Bool) throws(ParseError) -> Int {
        let digits = text.hasSuffix("/s") ? text.dropLast(2) : text[...]
        guard let rate = Int(digits), digits.allSatisfy(\.isNumber) else {
            throw ParseError("'\(text)' is not a rate: write whole messages a second, such as '10/s'")
        }
        guard text.hasSuffix("/s") else { throw ParseError("'\(text)' has no unit", suggestion: "\(text)/s") }
        guard rate >= 1 else { throw ParseError("'\(text)' would never send anything: the minimum is 1/s") }
        guard !isLoopback else {
            guard rate <= mostOnLoopback else {
                throw ParseError("'\(text)' is over \(mostOnLoopback)/s, the maximum")
            }
            return rate
        }
        guard rate <= MessengerLimits.messagesPerSecond else {
            throw ParseError(
                "'\(text)' is over \(MessengerLimits.messagesPerSecond)/s, above which the platform freezes the page's inbox"
            )
        }
        return rate
    }
}
