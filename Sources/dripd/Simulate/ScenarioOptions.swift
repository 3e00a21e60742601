import ArgumentParser
import Channels
import ControlAPI
import DripCore
import DripEngine
import Foundation
import SequenceFiles

/// The options of a simulation, besides the file.
struct ScenarioOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The start, as local time of the person. Default: \(Self.standardStart), a Monday.",
            valueName: "'2027-01-30 21:50'"
        )
    )
    var start: String?

    @Option(
        help: ArgumentHelp(
            """
            The person: a JSON file, \(PersonFile.form.replacing("a person is ", with: "")), or, if there is no such file, \
            the PSID, PAGE/PSID or CHANNEL:ACCOUNT/ID of a person that the running daemon knows. Their attributes, tags and \
            zone are used. \
            Default: \(SimulatedPerson.standard.name), without tags.
            """,
            valueName: "file|id"
        ),
        completion: .file(extensions: ["json"])
    )
    var person: String?

    @Option(
        name: .customLong("reply"),
        help: ArgumentHelp(
            "The person writes this long after the start. May include the text: '3 days: giá bao nhiêu?'. May be repeated.",
            valueName: "'3 days'"
        ),
        transform: ReplyParser.parse
    )
    var replies: [Scenario.Reply] = []

    @Option(
        help: ArgumentHelp(
            "The channels on which the person has an address besides Messenger, and agreed to messages: email,push.",
            valueName: "channels"
        ),
        transform: ChannelListParser.parse
    )
    var has: [ChannelName] = []

    @Option(
        help: ArgumentHelp(
            """
            The time zone of files and people without one. Default: the configuration's, else \
            \(Self.standardZone.identifier).
            """,
            valueName: "zone"
        ),
        transform: CommandLineParser.zone
    )
    var zone: TimeZone?

    static let standardStart = "2027-01-04 09:00"
    static let standardZone = TimeZone(identifier: "Asia/Ho_Chi_Minh") ?? .gmt

    /// - Parameters:
    ///   - folder: the folder of relative paths; nil for the working directory.
    ///   - zone: the zone of the configuration.
    ///   - settings: the other settings of the configuration.
    ///   - known: asks the daemon for a person.
    func scenario(
        file: String,
        folder: String?,
        zone configured: TimeZone,
        settings: CatalogSettings,
        known: (String) async throws -> SimulatedPerson
    ) async throws -> Scenario {
        func path(_ path: String) -> String {
            path.hasPrefix("/") ? path : folder.map { "\($0)/\(path)" } ?? path
        }
        var settings = settings
        settings.channels = ChannelRegistry.simulated(settings.channels)
        settings.link = { name, _ in LinkVariable.all.contains(name) ? "https://shop.example/p/…" : nil }
        let files = SequenceFolder.load(
            paths: [path(file)],
            defaultZone: zone ?? configured,
            settings: settings
        )
        guard let catalog = files.catalog, let sequence = files.files.first?.sequence, files.files.count == 1 else {
            let problems = files.diagnostics.filter { $0.severity == .error }.map(\.description)
            throw Failure(
                problems.isEmpty
                    ? "\(file) is a folder; simulate one file of it" : problems.joined(separator: "\n")
            )
        }
        var person = SimulatedPerson.standard
        if let wanted = self.person {
            person =
                FileManager.default.fileExists(atPath: path(wanted)) || wanted.hasSuffix(".json")
                ? try PersonFile.load(path(wanted)) : try await known(wanted)
        }
        let zone = catalog.zone(for: person.zone.flatMap(TimeZone.init(identifier:)), in: sequence)
        let wanted = start ?? Self.standardStart
        guard let start = WallTime(zone, seconds: true).instant(wanted) else {
            throw Failure("--start '\(wanted)' is not a time in the person's zone: write it as '\(Self.standardStart)'")
        }
        return Scenario(
            sequence: sequence,
            catalog: catalog,
            person: person,
            start: start,
            replies: replies,
            has: has
        )
    }
}

extension SimulatedPerson {
    /// Makes a simulated person from one that the daemon knows, without their history.
    init(_ known: PersonSummary) {
        self.init(
            page: known.page,
            person: known.person,
            attributes: known.attributes,
            tags: known.tags,
            zone: known.zone
        )
    }
}

/// The parser of `--reply`: `3 days`, `+3 days`, `3 days: còn hàng không?`.
enum ReplyParser {
    static func parse(_ text: String) throws -> Scenario.Reply {
        let pieces = text.split(separator: ":", maxSplits: 1).map(String.init)
        let said = pieces.dropFirst().first.map { String($0.drop { $0 == " " }) } ?? ""
        return Scenario.Reply(
            after: try CommandLineParser.offset(pieces.first ?? ""),
            text: said.isEmpty ? nil : said
        )
    }
}

/// The parser of `--has`: `email,push`.
enum ChannelListParser {
    static func parse(_ text: String) throws -> [ChannelName] {
        let known = ChannelRegistry.all.map(\.name).filter { $0 != .messenger }
        return try text.split(separator: ",").map { piece in
            let name = ChannelName(rawValue: piece.filter { $0 != " " })
            guard known.contains(name) else {
                let names = known.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("'\(piece)' is not a channel besides Messenger: use \(names)")
            }
            return name
        }
    }
}

/// Splits a command line into words as a shell does. It supports both kinds of quotes, and nothing else of a shell.
enum ShellWords {
    /// - Throws: `Failure` if a quote is not closed.
    static func split(_ line: String) throws -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        for character in line {
            if let open = quote {
                if character == open { quote = nil } else { word?.append(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character == " " {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let quote { throw Failure("the quote \(quote) is not closed") }
        return words + (word.map { [$0] } ?? [])
    }
}
