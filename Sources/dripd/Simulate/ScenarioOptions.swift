import ArgumentParser
import DripCore
import DripEngine
import DripStore
import Foundation
import SequenceFiles

/// What is simulated, apart from the file.
struct ScenarioOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "When it starts, by the clocks of the person's zone. Default: \(Self.standardStart), a Monday.",
            valueName: "'2027-01-30 21:50'"
        )
    )
    var start: String?

    @Option(
        help: ArgumentHelp(
            """
            Who the person is: a JSON file, \(PersonFile.form.replacing("a person is ", with: "")), or, if there is no \
            such file, a person of the running daemon: PSID or PAGE/PSID, of whom name and other attributes, tags and \
            zone are taken. Default: \(SimulatedPerson.standard.name), without tags.
            """,
            valueName: "file|id"
        )
    )
    var person: String?

    @Option(
        name: .customLong("reply"),
        help: ArgumentHelp(
            "The person writes so long after the start; also with what they write: '3 days: giá bao nhiêu?'. May be repeated.",
            valueName: "'3 days'"
        ),
        transform: ReplyText.parse
    )
    var replies: [Scenario.Reply] = []

    @Option(
        help: ArgumentHelp(
            """
            The zone of files and people that name none. Default: what the configuration says, else \
            \(Self.standardZone.identifier).
            """,
            valueName: "zone"
        ),
        transform: CommandLineText.zone
    )
    var zone: TimeZone?

    static let standardStart = "2027-01-04 09:00"
    static let standardZone = TimeZone(identifier: "Asia/Ho_Chi_Minh") ?? .gmt

    /// - Parameters:
    ///   - folder: what relative paths are relative to; nil: where the process stands.
    ///   - zone: the configured one.
    ///   - settings: what the configuration says besides.
    ///   - known: asks for a person of the daemon.
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
            throw Failure("--start '\(wanted)' is no time there: write it as '\(Self.standardStart)'")
        }
        return Scenario(sequence: sequence, catalog: catalog, person: person, start: start, replies: replies)
    }
}

extension SimulatedPerson {
    /// A person of the daemon, as if they began anew.
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
