import Foundation

/// The output of `--json`: one value, indented and with sorted keys.
enum JSONOutput {
    static func print(_ value: some Encodable) throws {
        try Output.standard.exact(try text(value) + "\n")
    }

    static func text(_ value: some Encodable) throws -> String {
        try encode(value, [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    }

    /// Returns the value as JSON without line breaks.
    static func line(_ value: some Encodable) throws -> String {
        try encode(value, [.sortedKeys, .withoutEscapingSlashes])
    }

    private static func encode(_ value: some Encodable, _ form: JSONEncoder.OutputFormatting) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = form
        return TerminalSanitizer.json(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
