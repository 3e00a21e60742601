import DripCore

/// What `dripd.service` and its drop-ins say, as far as a command has to know it. Source: systemd.unit(5), systemd.exec(5).
struct UnitText {
    /// Where systemd reads a credential from.
    struct Credential: Hashable {
        let path: String
        let isEncrypted: Bool
    }

    /// Of `dripd run --config FILE`; the last `ExecStart=` counts.
    private(set) var configuration: String?
    private(set) var stateDirectory: String?
    private(set) var runtimeDirectory: String?
    private(set) var credentials: [String: Credential] = [:]

    /// - Parameter files: the unit, then its drop-ins in the order in which systemd reads them.
    init(_ files: [String]) {
        for file in files {
            // A backslash at a line's end joins it with the next.
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
                // An empty assignment takes back what was named before.
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
