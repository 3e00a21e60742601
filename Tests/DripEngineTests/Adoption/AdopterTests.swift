import DripCore
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import DripEngine
@testable import DripStore

@Suite struct AdopterTests {
    private static let good = """
        sequence: care
        title: Care
        start: [first_message]
        steps:
          - step: hello
            after: 15 min
            text: Hello!
        """

    @Test func `good files come into force, and wake the dispatcher`() async throws {
        let files = try await Files()
        try files.write("care.yaml", Self.good)
        #expect(await files.adopter.adopt(renewingSecrets: true) == .adopted(AdoptionReport(added: ["care"])))
        #expect(files.state.store.catalog.sequences.keys.sorted() == ["care"])
        #expect(files.adopter.refused == nil)
        #expect(files.calls == ["secrets", "wake"])
    }

    @Test func `one bad file leaves all of the last good ones in force, and is named until it is mended`() async throws
    {
        let files = try await Files()
        try files.write("care.yaml", Self.good)
        _ = await files.adopter.adopt(renewingSecrets: false)
        try files.write("care.yaml", Self.good.replacing("Hello!", with: "Changed"))
        try files.write("other.yaml", "sequence: other\ntitle: Other\nsteps: []\n")
        let outcome = await files.adopter.adopt(renewingSecrets: true)
        guard case .refused(let problems) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(problems.allSatisfy { $0.hasPrefix("\(files.folder)/other.yaml:") })
        #expect(files.adopter.refused?.hasPrefix(problems[0]) == true)
        let step = files.state.store.catalog["care"]?.step("hello")
        #expect(step?.text == TextTemplate(segments: [.literal("Hello!")]))
        #expect(files.calls == ["wake"])

        try FileManager.default.removeItem(atPath: files.folder + "/other.yaml")
        #expect(await files.adopter.adopt(renewingSecrets: false) == .adopted(AdoptionReport(changed: ["care"])))
        #expect(files.adopter.refused == nil)
    }

    @Test func `secrets that cannot be read refuse the files with them`() async throws {
        let files = try await Files(secrets: { throw CocoaError(.fileReadNoSuchFile) })
        try files.write("care.yaml", Self.good)
        guard case .refused = await files.adopter.adopt(renewingSecrets: true) else {
            Issue.record("adopted")
            return
        }
        #expect(files.state.store.catalog.sequences.isEmpty)
    }
}

/// A folder of sequence files, and who puts them in force.
private final class Files {
    let state: TemporaryStore
    let adopter: Adopter
    let folder: String
    private let log = Log()

    private final class Log: Sendable {
        private let entries = Mutex<[String]>([])

        var all: [String] { entries.withLock { $0 } }

        func add(_ entry: String) { entries.withLock { $0.append(entry) } }
    }

    var calls: [String] { log.all }

    init(secrets: @escaping @Sendable () throws -> Void = {}) async throws {
        state = try await TemporaryStore()
        folder = state.directory.path + "/Sequences"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        adopter = Adopter(
            store: state.store,
            sequences: folder,
            zone: .hoChiMinh,
            clock: ManualClock(.start),
            logger: .silent,
            renewSecrets: { [log] in
                try secrets()
                log.add("secrets")
            },
            wake: { [log] in log.add("wake") }
        )
    }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
}
