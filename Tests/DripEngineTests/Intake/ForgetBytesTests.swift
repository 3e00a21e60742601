import ControlAPI
import DripCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import DripEngine
@testable import DripStore

/// After `dripd people forget` no byte of the state directory says who the person was or what they wrote.
@Suite struct ForgetBytesTests {
    private typealias Fixture = ReplayFixture
    private let now = Instant.start
    private static let person = Fixture.person

    /// What was known of the person, as bytes that would show it.
    private static let traces = [
        person, "Nguyễn Thị Lan", "0912345678", "84912345678", "lan.nguyen@example.com", "chuyện riêng", "1_777001",
        "1_777002", "1_777003", "1_777004", "m_secret", "khách-quen", "TOKEN-OF-LAN",
    ]

    @Test func `nothing is left of whatever came in`() async throws {
        let rule = CommentRule(contains: [Phrase("share")], post: nil)
        let fixture = try await Fixture([
            .make(steps: .care), .make("game", start: [.comment(rule)], steps: .care),
        ])
        for body in Self.bodies(at: now) { try await fixture.receive(body) }
        for claim in try await fixture.state.claim(now: now + .minutes(15)) {
            try await fixture.state.record(.inDoubt(why: "timeout"), of: claim, now: now + .minutes(15))
        }
        let other = Fixture.message("m_other", "Chào shop", at: now).replacing(Self.person, with: "99")
        try await fixture.receive(other)
        // An event of somebody else that mentions the person.
        let mention = Fixture.item(
            #""optin":{"type":"other","by":"\#(Self.person)"}"#,
            timestamp: now.milliseconds,
            entryTime: now.milliseconds
        )
        .replacing(#""sender":{"id":"\#(Self.person)"}"#, with: #""sender":{"id":"99"}"#)
        try await fixture.receive(mention)
        let before = try Self.found(in: fixture.state.directory.path)
        // What is never written.
        let unwritten: Set = ["1_777001", "1_777003", "1_777004", "0912345678"]
        #expect(Set(Self.traces).subtracting(before.values.flatMap(\.self)).isSubset(of: unwritten))
        _ = try await fixture.state.store.forget(Self.person, now: now + .hours(1))
        #expect(try Self.found(in: fixture.state.directory.path) == [:])
        #expect(try await fixture.people() == ["99"])
        // What the platform tells again of before that leaves nothing either.
        fixture.clock.set(now + .hours(2))
        for body in Self.bodies(at: now) { try await fixture.receive(body) }
        #expect(try Self.found(in: fixture.state.directory.path) == [:])
        #expect(try await fixture.people() == ["99"])
    }

    /// Webhooks by which the person, or what they did, becomes known.
    private static func bodies(at: Instant) -> [String] {
        let (seconds, time) = (at.milliseconds / 1000, at.milliseconds)
        func feed(_ value: String) -> String {
            #"{"object":"page","entry":[{"id":"1234567890","time":\#(seconds),"changes":[{"field":"feed","value":{"#
                + value + "}}]}]}"
        }
        let name = #""name":"Nguyễn Thị Lan""#
        return [
            // Before they are known, with the id as text and as a number.
            Fixture.item(#""optin":{"type":"other","payload":"chuyện riêng"}"#, timestamp: time, entryTime: time),
            Fixture.item(#""account_linking":{"status":"linked"}"#, timestamp: time, entryTime: time)
                .replacing("\"\(person)\"", with: person),
            feed(#""item":"reaction","verb":"add","post_id":"1_2","from":{"id":\#(person),\#(name)}"#),
            feed(#""item":"like","verb":"add","post_id":"1_2","from":{"id":"\#(person)",\#(name)}"#),
            // Comments: one that starts nothing, one that does, and edits of both without their author.
            feed(
                #""item":"comment","verb":"add","comment_id":"1_777001","message":"chuyện riêng","#
                    + #""created_time":\#(seconds),"from":{"id":\#(person),\#(name)}"#
            ),
            feed(
                #""item":"comment","verb":"add","comment_id":"1_777002","message":"share","#
                    + #""created_time":\#(seconds),"from":{"id":"\#(person)",\#(name)}"#
            ),
            feed(
                #""item":"comment","verb":"edited","comment_id":"1_777002","message":"share chuyện riêng","#
                    + #""created_time":\#(seconds)"#
            ),
            feed(#""item":"comment","verb":"edited","comment_id":"1_777002","created_time":\#(seconds)"#),
            feed(
                #""item":"comment","verb":"edited","comment_id":"1_777001","message":"chuyện riêng","#
                    + #""created_time":\#(seconds - 9 * 86_400)"#
            ),
            feed(#""item":"comment","verb":"remove","comment_id":"1_777002","parent_id":"1_2""#),
            // Comments whose author the platform never names.
            feed(
                #""item":"comment","verb":"add","comment_id":"1_777003","message":"chuyện riêng 0912345678","#
                    + #""created_time":\#(seconds)"#
            ),
            feed(
                #""item":"comment","verb":"edited","comment_id":"1_777004","message":"chuyện riêng","#
                    + #""created_time":\#(seconds),"sender_name":"Nguyễn Thị Lan""#
            ),
            Fixture.message("m_secret", "Số của em 0912345678, lan.nguyen@example.com, chuyện riêng", at: at),
            Fixture.item(
                #""message":{"mid":"m_tag","text":"x","quick_reply":{"payload":"dripd/tag/khách-quen"}}"#,
                timestamp: time + 1,
                entryTime: time
            ),
            Fixture.item(
                #""optin":{"type":"notification_messages","payload":"news","#
                    + #""notification_messages_token":"TOKEN-OF-LAN"}"#,
                timestamp: time,
                entryTime: time
            ),
        ]
    }

    @Test(arguments: [false, true])
    func `nor among thousands of people whose rows have moved from page to page`(isLarge: Bool) async throws {
        let fixture = try await Fixture()
        func id(_ number: Int) -> String { "77000\(1_000_000 + number)" }
        func write(_ round: Int, text: (Int) -> String) async throws {
            for start in stride(from: 0, to: 1500, by: 150) {
                var events: [DatedEvent] = []
                for number in start..<start + 150 {
                    // Not in the order of their rows.
                    let mixed = number * 337 % 1500
                    let at = now + .minutes(Int64(round))
                    events.append(
                        DatedEvent(
                            event: .message(
                                "mid-\(id(mixed))-\(round)",
                                from: id(mixed),
                                text: text(mixed)
                            ),
                            at: at
                        )
                    )
                }
                _ = try await fixture.state.store.ingest(events, now: now + .minutes(Int64(round)))
            }
        }
        try await write(0) { "Số của em 09\(10_000_000 + $0)" }
        try await write(1) { "mail\(id($0))@example-of-a-long-domain.com.vn" }
        try await write(2) { "Số của em 09\(20_000_000 + $0)" }
        for claim in try await fixture.state.claim(now: now + .minutes(20)) {
            let address = claim.job.person.address.externalID
            let outcome: Outcome =
                address.hasSuffix("7") ? .inDoubt(why: "timeout") : .accepted(messageID: "m_\(address)")
            try await fixture.state.record(outcome, of: claim, now: now + .minutes(20))
        }
        let gone = Set((0..<1500).filter { $0 % 100 == 7 }.map(id))
        if isLarge {
            // As if the database were too large to be cleaned at once.
            for person in gone { try await fixture.state.store.erase(person, now: now + .hours(1)) }
            #expect(try await fixture.state.store.cleanFiles(wholeUpTo: 0) == .pagesAreLeft)
            #expect(try await fixture.state.store.wipeInSlices(pages: 50) == .done)
            #expect(try await fixture.state.store.cleanFiles() == .done)
        } else {
            for person in gone { _ = try await fixture.state.store.forget(person, now: now + .hours(1)) }
        }
        for file in try Self.files(in: fixture.state.directory.path) {
            let bytes = try Data(contentsOf: URL(filePath: file))
            for person in gone.sorted() {
                #expect(bytes.range(of: Data(person.utf8)) == nil, "\(person) is in \(file)")
            }
        }
        // What was written past SQLite has harmed nothing.
        try await write(3) { "Số của em 09\(30_000_000 + $0)" }
        try fixture.state.reopen()
        let flaws = try await fixture.state.store.pool.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }
        #expect(flaws == ["ok"])
        #expect(try await fixture.state.store.status().people == 1500 - gone.count)
    }

    /// Which of the traces are in which file.
    private static func found(in directory: String) throws -> [String: [String]] {
        var found: [String: [String]] = [:]
        for file in try files(in: directory) {
            let bytes = try Data(contentsOf: URL(filePath: file))
            let traces = traces.filter { bytes.range(of: Data($0.utf8)) != nil }
            if !traces.isEmpty { found[URL(filePath: file).lastPathComponent] = traces }
        }
        return found
    }

    private static func files(in directory: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: directory).map { directory + "/" + $0 }.filter { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
        }
    }
}
