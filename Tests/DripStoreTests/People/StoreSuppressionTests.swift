import ControlAPI
import DripCore
import Foundation
import GRDB
import Glibc
import TestSupport
import Testing

@testable import DripStore

/// Who stopped or was erased after a backup was made, once that is put in the place of the state.
@Suite struct StoreSuppressionTests {
    private let now = Instant.start + .hours(1)
    private let later = Instant.start + .hours(2)

    @Test(arguments: ["operator", "person"])
    func `who stopped after the backup gets nothing after it was restored`(source: String) async throws {
        let state = try await backedUp()
        if source == "operator" {
            _ = try await state.store.stop("1", sequence: nil, now: now)
        } else {
            try await state.ingest(.message("9", from: "1", payload: "dripd/stop"), now: now)
        }
        let report = try await restore(state)
        #expect(report.broughtBack == SuppressionReplayReport(stopped: 1))
        let summary = try await state.store.person("1").summary
        #expect((summary.stoppedAt, summary.underWay) == (now, []))
        #expect(try await state.ledger(of: "1") == ["hello skipped stopped"])
        #expect(try await state.store.person("1").consent.map(\.source.rawValue) == [source])
        _ = try await state.store.adoptState(sendingMissed: true, now: later)
        #expect(try await state.claim(now: later).map(\.job.person.address.externalID).sorted() == ["2", "3"])
    }

    @Test func `who was erased after the backup is erased in it, too, and comes back by writing alone`() async throws {
        let state = try await backedUp()
        _ = try await state.store.forget("1", now: now)
        let report = try await restore(state)
        #expect(report.broughtBack == SuppressionReplayReport(erased: 1))
        #expect(try await state.store.people(limit: 10, after: nil).map(\.person) == ["2", "3"])
        let status = try await state.store.status()
        #expect((status.people, status.underWay) == (2, 2))
        let late = try await state.ingest(.message("late", from: "1", at: .start + .minutes(1)), now: later)
        #expect(late.duplicates == 1)
        _ = try await state.store.adoptState(sendingMissed: true, now: later)
        try await state.ingest(.message("new", from: "1"), now: later)
        #expect(try await state.store.person("1").summary.stoppedAt == nil)
    }

    @Test
    func
        `a stop that was taken back after the backup does not hold, whenever it was made`()
        async throws
    {
        let state = try await enrolled()
        _ = try await state.store.stop("2", sequence: nil, now: .start + .minutes(1))
        try state.makeBackup(at: .start + .minutes(2))
        _ = try await state.store.stop("1", sequence: nil, now: now)
        _ = try await state.store.resume("1", reason: "a mistake", now: now)
        _ = try await state.store.resume("2", reason: "a mistake", now: now)
        let report = try await restore(state)
        #expect(report.broughtBack == SuppressionReplayReport(resumed: 1))
        #expect(try await state.store.person("1").summary.stoppedAt == nil)
        #expect(try await state.store.person("2").summary.stoppedAt == nil)
    }

    @Test func `who unsubscribed by a link after the backup has done so in it, too`() async throws {
        let state = try await backedUp()
        let address = try await state.addressID(of: "1")
        #expect(try await state.store.unsubscribe(address, source: .page, evidence: nil, now: now))
        #expect(try state.list().map(\.scope) == [.care, .promotion])
        #expect(try await restore(state).broughtBack == SuppressionReplayReport(withdrawn: 1))
        let consents = try await state.store.consents(of: "1")
        #expect(
            consents.records.map { "\($0.kind) \($0.channel ?? "-") \($0.purpose ?? "-") \($0.source)" } == [
                "withdrawn messenger care page", "withdrawn - promotion page",
            ]
        )
        #expect(consents.records.map(\.at) == [now, now])
        #expect(try await state.store.person("1").summary.stoppedAt == nil)
    }

    @Test func `a consent that was given again after the backup holds in it`() async throws {
        let state = try await backedUp()
        let address = try await state.addressID(of: "1")
        #expect(try await state.store.unsubscribe(address, source: .page, evidence: nil, now: now))
        #expect(
            try await state.store.choose(
                address,
                channels: [.messenger],
                shown: [.messenger],
                ended: [],
                offers: true,
                now: now + .minutes(1)
            )
        )
        _ = try await restore(state)
        let states = try await state.store.consents(of: "1").states
        #expect(states.filter { $0.state == "withdrawn" } == [])
        #expect(states.filter { $0.state == "given" }.count == 2)
    }

    @Test(arguments: ["writes", "is imported"])
    func `who came and unsubscribed after the backup has done so when they come back`(how: String) async throws {
        let state = try await backedUp()
        try await state.ingest(.message("8", from: "8"), now: now)
        let address = try await state.addressID(of: "8")
        #expect(try await state.store.unsubscribe(address, source: .page, evidence: nil, now: now))
        _ = try await restore(state)
        try await comeBack("8", how, state)
        #expect(try await state.withdrawn(by: "8") == ["messenger care", "- promotion"])
    }

    @Test func `what an erased person withdrew holds when they come back, in a restored state, too`() async throws {
        let state = try await backedUp()
        let address = try await state.addressID(of: "1")
        #expect(try await state.store.unsubscribe(address, source: .page, evidence: nil, now: now))
        _ = try await state.store.forget("1", now: now)
        _ = try await restore(state)
        try await comeBack("1", "writes", state)
        #expect(try await state.withdrawn(by: "1") == ["messenger care", "- promotion"])
        _ = try await state.store.forget("1", now: later)
        try await state.ingest(.message("again", from: "1"), now: later + .minutes(1))
        #expect(try await state.withdrawn(by: "1") == ["messenger care", "- promotion"])
    }

    @Test func `a list that is lost is made anew with what people withdrew`() async throws {
        let state = try await backedUp()
        let address = try await state.addressID(of: "1")
        #expect(try await state.store.unsubscribe(address, source: .page, evidence: nil, now: now))
        let lines = try state.list()
        try state.store.close()
        try FileManager.default.removeItem(atPath: state.listPath)
        try await state.reopen([.make(steps: .care)], now: now)
        let again = try state.list()
        #expect(again.map(\.scope) == lines.map(\.scope))
        #expect(again.map(\.hash) == lines.map(\.hash))
        #expect(try await restore(state).broughtBack == SuppressionReplayReport(withdrawn: 1))
    }

    @Test func `a line says everything of a consent`() throws {
        for channel in ["messenger", nil] as [String?] {
            for purpose in Purpose.allCases + [nil] as [Purpose?] {
                for source in [ConsentRecord.Source.ask, .page, .mail, .importFile, .operatorCommand] {
                    for kind in [ConsentRecord.Kind.given, .withdrawn] {
                        let record = ConsentRecord(
                            at: now,
                            kind: kind,
                            channel: channel.map(ChannelName.init(rawValue:)),
                            purpose: purpose,
                            source: source,
                            evidence: "the list beside the database"
                        )
                        let line = Suppression(record, hash: with(number: 1).hash)
                        #expect(line.line.utf8.count == Suppression.lineLength)
                        let read = try #require(Suppression(line: String(line.line.dropLast())))
                        #expect(read == line)
                        #expect(read.record == record)
                    }
                }
            }
        }
    }

    @Test func `who came and stopped after the backup is met as somebody who stopped`() async throws {
        let state = try await backedUp()
        try await state.ingest(.message("8", from: "8"), now: now)
        try await state.ingest(.message("7", from: "7"), now: now)
        _ = try await state.store.stop("8", sequence: nil, now: now)
        _ = try await state.store.stop("7", sequence: nil, now: now)
        _ = try await restore(state)
        let known = try await state.ingest(.message("8b", from: "8", text: "start"), now: later)
        #expect(known.enrolled == 0)
        #expect(try await state.store.person("8").summary.stoppedAt == now)
        let record = PersonRecord(line: 1, page: nil, address: "7")
        let taken = try await state.store.importPeople(
            [(record, state.account)],
            enrollingIn: "care",
            isTrial: false,
            now: later
        )
        #expect((taken.added, taken.enrolled, taken.forgotten) == (1, 0, 0))
    }

    @Test func `who was erased and stopped, came back and was erased again, is erased and stopped`() async throws {
        let state = try await backedUp()
        _ = try await state.store.stop("1", sequence: nil, now: now)
        _ = try await state.store.forget("1", now: now)
        try await state.ingest(.message("9", from: "1"), now: now + .minutes(1))
        _ = try await state.store.forget("1", now: now + .minutes(2))
        _ = try await restore(state)
        await #expect(throws: PersonError.unknown("1")) { try await state.store.person("1") }
        try await state.ingest(.message("10", from: "1"), now: later)
        #expect(try await state.store.person("1").summary.stoppedAt == now)
    }

    @Test func `people whom a file stops are on the list, and those of a trial are not`() async throws {
        let state = try await backedUp()
        var record = PersonRecord(line: 1, page: nil, address: "1")
        record.stoppedAt = now
        var other = PersonRecord(line: 2, page: nil, address: "20")
        other.stoppedAt = now
        let people = [(record, state.account), (other, state.account)]
        _ = try await state.store.importPeople(people, enrollingIn: nil, isTrial: true, now: now)
        #expect(try state.list() == [])
        _ = try await state.store.importPeople(people, enrollingIn: nil, isTrial: false, now: now)
        #expect(try state.list().map(\.kind) == [.stopped, .stopped])
        #expect(try await restore(state).broughtBack == SuppressionReplayReport(stopped: 1))
        try await state.ingest(.message("20", from: "20"), now: later)
        #expect(try await state.store.person("20").summary.stoppedAt == now)
    }

    @Test func `the list names nobody, and is its owner's alone`() async throws {
        let state = try await backedUp()
        try await state.ingest(.message("77", from: "5678900012345678"), now: now)
        _ = try await state.store.stop("5678900012345678", sequence: nil, now: now)
        _ = try await state.store.forget("5678900012345678", now: now)
        let bytes = try Data(contentsOf: URL(filePath: state.listPath))
        #expect(bytes.range(of: Data("5678900012345678".utf8)) == nil)
        let mode = try FileManager.default.attributesOfItem(atPath: state.listPath)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `a list that is lost is made anew from the database`() async throws {
        let state = try await backedUp()
        _ = try await state.store.stop("1", sequence: nil, now: now)
        _ = try await state.store.forget("2", now: now)
        try state.store.close()
        try FileManager.default.removeItem(atPath: state.listPath)
        try await state.reopen([.make(steps: .care)], now: now)
        #expect(Set(try state.list().map(\.kind)) == [.erased, .stopped])
        #expect(try await restore(state).broughtBack == SuppressionReplayReport(stopped: 1, erased: 1))
    }

    @Test func `a list that is removed while dripd runs is made anew with the next stop`() async throws {
        let state = try await backedUp()
        _ = try await state.store.stop("1", sequence: nil, now: now)
        try FileManager.default.removeItem(atPath: state.listPath)
        _ = try await state.store.stop("2", sequence: nil, now: now)
        #expect(try await restore(state).broughtBack == SuppressionReplayReport(stopped: 2))
    }

    @Test func `without the list a restored state says that it does not know`() async throws {
        let state = try await backedUp()
        _ = try await state.store.stop("1", sequence: nil, now: now)
        try state.store.close()
        try FileManager.default.removeItem(atPath: state.listPath)
        #expect(try await restore(state).broughtBack == SuppressionReplayReport(isIncomplete: true))
    }

    @Test func `an older list beside a restored state says that it does not know all`() async throws {
        let state = try await backedUp()
        _ = try await state.store.stop("1", sequence: nil, now: now)
        let older = try Data(contentsOf: URL(filePath: state.listPath))
        _ = try await state.store.stop("2", sequence: nil, now: now)
        try state.store.close()
        try older.write(to: URL(filePath: state.listPath), options: [])
        #expect(try await restore(state).broughtBack == SuppressionReplayReport(stopped: 1, isIncomplete: true))
    }

    @Test(arguments: ["", "garbage\n\n\n", "dripd-suppressions-1 x 0 0 y\n# \n"])
    func `a damaged list is set aside and made anew`(content: String) async throws {
        let state = try await backedUp()
        _ = try await state.store.stop("1", sequence: nil, now: now)
        try state.store.close()
        try Data(content.utf8).write(to: URL(filePath: state.listPath))
        try await state.reopen([.make(steps: .care)], now: now)
        #expect(try state.list().map(\.kind) == [.stopped])
        #expect(try Data(contentsOf: URL(filePath: state.listPath + ".set-aside")) == Data(content.utf8))
    }

    @Test func `a line that a crash cut off is no line, and the next takes its place`() async throws {
        let state = try await backedUp()
        _ = try await state.store.stop("1", sequence: nil, now: now)
        let whole = try Data(contentsOf: URL(filePath: state.listPath))
        _ = try await state.store.stop("2", sequence: nil, now: now)
        let all = try Data(contentsOf: URL(filePath: state.listPath))
        let scratch = try TemporaryDirectory()
        for cut in [whole.count, whole.count + 1, all.count - 1] {
            try all.prefix(cut).write(to: URL(filePath: scratch.path + "/dripd.suppressions"))
            var file = SuppressionFile(directory: scratch.path, instance: "test")
            #expect(try file.open())
            #expect(file.last == 1)
            try file.append([with(number: 2)])
            #expect(try file.all().map(\.number) == [1, 2])
            file.release()
        }
    }

    @Test func `the list keeps each person's last lines, and the newest people where they are too many`() throws {
        let scratch = try TemporaryDirectory()
        var file = SuppressionFile(directory: scratch.path, instance: "test")
        #expect(try !file.open())
        try file.append((1...12).map { with(number: $0, hash: "\($0 % 4)") })
        try file.replace(with: file.all())
        #expect(try file.all().map(\.number) == [9, 10, 11, 12])
        #expect(file.dropped == 0)
        try file.replace(with: file.all(), most: 2)
        #expect(try file.all().map(\.number) == [11, 12])
        #expect(file.dropped == 10)
        file.release()
        #expect(try file.open())
        #expect((file.last, file.dropped) == (12, 10))
        file.release()
    }

    @Test func `a process that ends between the list and the database leaves what was asked for`() async throws {
        let state = try await backedUp()
        try state.store.close()
        var file = SuppressionFile(directory: state.directory.path, instance: "test")
        _ = try file.open()
        let hash = Forgotten.hash(Event.testPage, "1", "test")
        try file.append([Suppression(number: 1, kind: .stopped, at: now, source: .operatorCommand, hash: hash)])
        file.release()
        try await state.reopen([.make(steps: .care)], now: now)
        #expect(state.store.hold == nil)
        _ = try await state.store.recover(now: now)
        #expect(try await state.store.person("1").summary.stoppedAt == now)
        #expect(try state.list().count == 1)
    }

    @Test func `a stop holds where the list cannot be written, which is then made anew`() async throws {
        let state = try await backedUp()
        try FileManager.default.createDirectory(atPath: state.listPath + ".new/x", withIntermediateDirectories: true)
        _ = try await state.store.stop("1", sequence: nil, now: now)
        #expect(try await state.store.person("1").summary.stoppedAt == now)
        try FileManager.default.removeItem(atPath: state.listPath + ".new")
        try await state.reopen([.make(steps: .care)], now: now)
        #expect(try state.list().map(\.kind) == [.stopped])
    }

    private func with(number: Int64, hash: String = "0") -> Suppression {
        let digits = String(repeating: "0", count: 63) + hash
        return Suppression(number: number, kind: .stopped, at: now, source: .person, hash: digits)
    }

    /// Three people, each under way.
    private func enrolled() async throws -> TemporaryStore {
        let state = try await TemporaryStore([.make(steps: .care)])
        for person in 1...3 { try await state.ingest(.message("\(person)", from: "\(person)"), now: .start) }
        _ = try await state.store.recover(now: .start)
        return state
    }

    private func backedUp() async throws -> TemporaryStore {
        let state = try await enrolled()
        try state.makeBackup(at: .start + .minutes(1))
        return state
    }

    private func comeBack(_ person: String, _ how: String, _ state: TemporaryStore) async throws {
        if how == "writes" {
            try await state.ingest(.message("\(person) again", from: person), now: later)
        } else {
            _ = try await state.store.importPeople(
                [(PersonRecord(line: 1, page: nil, address: person), state.account)],
                enrollingIn: nil,
                isTrial: false,
                now: later
            )
        }
    }

    private func restore(_ state: TemporaryStore) async throws -> HoldReport {
        try state.store.close()
        _ = try StateBackup.restore(state.backup, to: state.directory.path, stamp: "x") { _ in }
        try await state.reopen([.make(steps: .care)], now: later)
        _ = try await state.store.recover(now: later)
        #expect(state.store.hold?.reason == .restored)
        return try await state.store.holdReport(steps: 0, now: later)
    }
}

extension Suppression.Scope {
    fileprivate static let care = Self(channel: .messenger, purpose: .care, source: .page)
    fileprivate static let promotion = Self(channel: nil, purpose: .promotion, source: .page)
}

extension TemporaryStore {
    fileprivate func addressID(of person: String) async throws -> AddressID {
        try await store.read { try Store.find(person, $0).address.id }
    }

    fileprivate func withdrawn(by person: String) async throws -> [String] {
        try await store.consents(of: person).records.map { "\($0.channel ?? "-") \($0.purpose ?? "-")" }
    }

    fileprivate var backup: String { directory.path + "/backup.db" }
    fileprivate var listPath: String { directory.path + "/dripd.suppressions" }

    fileprivate func makeBackup(at now: Instant) throws {
        _ = try StateBackup.make(of: directory.path, at: backup, overwriting: false, now: now) { _ in }
    }

    fileprivate func list() throws -> [Suppression] {
        var file = SuppressionFile(directory: directory.path, instance: "test")
        guard try file.open() else { return [] }
        defer { file.release() }
        return try file.all()
    }
}
