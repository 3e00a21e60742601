import ControlAPI
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
        #expect(await files.adopter.adopt(.reload) == .adopted(AdoptionReport(added: ["care"])))
        #expect(files.state.store.catalog.sequences.keys.sorted() == ["care"])
        #expect(files.adopter.refused == nil)
        #expect(files.calls == ["secrets", "wake"])
    }

    @Test func `one bad file leaves all of the last good ones in force, and is named until it is mended`() async throws
    {
        let files = try await Files()
        try files.write("care.yaml", Self.good)
        _ = await files.adopter.adopt(.start)
        try files.write("care.yaml", Self.good.replacing("Hello!", with: "Changed"))
        try files.write("other.yaml", "sequence: other\ntitle: Other\nsteps: []\n")
        let outcome = await files.adopter.adopt(.reload)
        guard case .refused(let problems) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(problems.allSatisfy { $0.hasPrefix("\(files.folder)/other.yaml:") })
        #expect(files.adopter.refused?.hasPrefix(problems[0]) == true)
        let step = files.state.store.catalog["care"]?.step("hello")
        #expect(step?.variants.first?.text == TextTemplate(segments: [.literal("Hello!")]))
        #expect(files.calls == ["wake"])

        try FileManager.default.removeItem(atPath: files.folder + "/other.yaml")
        #expect(await files.adopter.adopt(.start) == .adopted(AdoptionReport(changed: ["care"])))
        #expect(files.adopter.refused == nil)
    }

    @Test func `secrets that cannot be read refuse the files with them`() async throws {
        let files = try await Files(secrets: { throw CocoaError(.fileReadNoSuchFile) })
        try files.write("care.yaml", Self.good)
        guard case .refused = await files.adopter.adopt(.reload) else {
            Issue.record("adopted")
            return
        }
        #expect(files.state.store.catalog.sequences.isEmpty)
    }

    @Test func `files that would send to too many at once wait for somebody who has seen the plan`() async throws {
        let files = try await Files(confirmAbove: 2)
        try files.write("care.yaml", Self.good)
        _ = await files.adopter.adopt(.start)
        for number in 1...3 {
            try await files.state.ingest(.message("\(number)", from: "\(number)"), now: .start - .minutes(5))
        }
        try files.write("care.yaml", Self.good.replacing("15 min", with: "1 min"))
        let problem =
            "these files would send to 3 people at once, more than adopt.confirm_above (2): `dripd plan` shows what they do, "
            + "`dripd apply` puts them in force"
        #expect(await files.adopter.adopt(.reload) == .refused([problem]))
        #expect(files.adopter.refused == problem)
        #expect(files.state.store.catalog["care"]?.steps[0].after == Offset(15, .minute))
        #expect(await files.adopter.adopt(.apply(plan: nil)) == .adopted(AdoptionReport(changed: ["care"], moved: 3)))
        #expect(files.adopter.refused == nil)
        #expect(files.state.store.catalog["care"]?.steps[0].after == Offset(1, .minute))
    }

    @Test(arguments: [(3, false), (2, true), (4, false)])
    func `exactly as many people as confirm_above are not too many`(confirmAbove: Int, isRefused: Bool) async throws {
        let files = try await Files(confirmAbove: confirmAbove)
        try files.write("care.yaml", Self.good)
        _ = await files.adopter.adopt(.start)
        for number in 1...3 {
            try await files.state.ingest(.message("\(number)", from: "\(number)"), now: .start - .minutes(5))
        }
        try files.write("care.yaml", Self.good.replacing("15 min", with: "1 min"))
        let outcome = await files.adopter.adopt(.reload)
        if isRefused {
            #expect(outcome != .adopted(AdoptionReport(changed: ["care"], moved: 3)))
        } else {
            #expect(outcome == .adopted(AdoptionReport(changed: ["care"], moved: 3)))
        }
        #expect((files.adopter.refused != nil) == isRefused)
    }

    @Test(arguments: ["sequence: care\n", good.replacing("15 min", with: "1 min")])
    func `a start with files that are refused goes on with those that were in force`(content: String) async throws {
        let files = try await Files(confirmAbove: 0)
        try files.write("care.yaml", Self.good)
        _ = await files.adopter.adopt(.start)
        try await files.state.ingest(.message("1"), now: .start - .minutes(5))
        try files.write("care.yaml", content)
        let adopter = try files.reopen()
        guard case .refused = await adopter.adopt(.start) else {
            Issue.record("adopted")
            return
        }
        #expect(adopter.refused != nil)
        #expect(files.state.store.catalog["care"]?.steps[0].after == Offset(15, .minute))
        #expect(try await files.state.next()?.scheduled == .start + .minutes(10))
    }

    @Test func `an adoption that is held to a plan does that one or nothing`() async throws {
        let files = try await Files()
        try files.write("care.yaml", Self.good)
        guard case .refused(let problems) = await files.adopter.adopt(.apply(plan: "0123456789abcdef")) else {
            Issue.record("adopted")
            return
        }
        #expect(problems.count == 1 && problems[0].hasPrefix("the plan is now "), "\(problems)")
        let hash = String(problems[0].dropFirst("the plan is now ".count).prefix(16))
        #expect(await files.adopter.adopt(.apply(plan: hash)) == .adopted(AdoptionReport(added: ["care"])))
    }

    @Test func `every version stays, with its commit`() async throws {
        let files = try await Files()
        let git = URL(filePath: files.folder + "/.git")
        try FileManager.default.createDirectory(at: git, withIntermediateDirectories: false)
        try Data("ref: refs/heads/main\n".utf8).write(to: git.appending(path: "HEAD"))
        let commits = [String(repeating: "a", count: 40), String(repeating: "b", count: 40)]
        let contents = [Self.good, Self.good.replacing("Hello!", with: "Hi!")]
        for (commit, content) in zip(commits, contents) {
            try Data("# pack-refs with: peeled fully-peeled sorted\n\(commit) refs/heads/main\n".utf8)
                .write(to: git.appending(path: "packed-refs"))
            try files.write("care.yaml", content)
            _ = await files.adopter.adopt(.reload)
        }
        try FileManager.default.removeItem(atPath: files.folder + "/care.yaml")
        try files.write("other.yaml", Self.good.replacing("sequence: care", with: "sequence: other"))
        _ = await files.adopter.adopt(.reload)
        let history = try await files.state.store.history(sequence: nil, limit: 10)
        #expect(
            history.map { "\($0.change) \($0.sequence) \($0.commit?.prefix(2) ?? "-")" } == [
                "removed care -", "added other bb", "changed care bb", "added care aa",
            ]
        )
        let first = try #require(history.last?.hash)
        let file = try await files.state.store.file(ofVersion: String(first.prefix(12)))
        #expect(file == VersionFile(hash: first, sequence: "care", content: Self.good))
        await #expect(throws: VersionFileError.unknown("0123")) {
            _ = try await files.state.store.file(ofVersion: "0123")
        }
    }
}

/// A folder of sequence files, and who puts them in force.
private final class Files {
    let state: TemporaryStore
    let folder: String
    private let log = Log()

    private final class Log: Sendable {
        private let entries = Mutex<[String]>([])

        var all: [String] { entries.withLock { $0 } }

        func add(_ entry: String) { entries.withLock { $0.append(entry) } }
    }

    var calls: [String] { log.all }

    private let secrets: @Sendable () throws -> Void
    private let confirmAbove: Int?

    init(confirmAbove: Int? = nil, secrets: @escaping @Sendable () throws -> Void = {}) async throws {
        self.secrets = secrets
        self.confirmAbove = confirmAbove
        state = try await TemporaryStore()
        folder = state.directory.path + "/Sequences"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        current = adopterOfNow
    }

    private var current: Adopter?

    var adopter: Adopter {
        current ?? adopterOfNow
    }

    /// As after the end of the process.
    func reopen() throws -> Adopter {
        current = nil
        try state.reopen()
        let adopter = adopterOfNow
        current = adopter
        return adopter
    }

    /// One for the store as it is now: it may have been opened again.
    var adopterOfNow: Adopter {
        Adopter(
            store: state.store,
            sequences: folder,
            zone: .hoChiMinh,
            confirmAbove: confirmAbove,
            settings: CatalogSettings(dailyLimit: nil),
            clock: ManualClock(.start),
            logger: .silent,
            renewSecrets: { [log, secrets] in
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
