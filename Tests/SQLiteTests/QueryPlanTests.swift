import DripCore
import TestSupport
import Testing

@testable import DripStore

/// What runs for every message must not grow with the number of people.
@Suite struct QueryPlanTests {
    @Test func `a file that was uploaded wakes the jobs of its page that are due within a minute`() async throws {
        let plan = try await plan(of: Store.dueForMedia)
        #expect(
            plan == """
                SEARCH job USING INDEX job_due (account=? AND due<?)
                """
        )
    }

    @Test func `what is in doubt is looked for among that, and not among the people of the page`() async throws {
        let (next, first) = try await (plan(of: Store.nextCheck), plan(of: Store.firstInDoubt))
        #expect(
            next == """
                SEARCH delivery USING INDEX delivery_look (look_at>?)
                SEARCH enrollment USING INTEGER PRIMARY KEY (rowid=?)
                SEARCH person USING INTEGER PRIMARY KEY (rowid=?)
                SEARCH address USING INTEGER PRIMARY KEY (rowid=?)
                """
        )
        #expect(
            first == """
                SEARCH delivery USING INDEX delivery_look (look_at<?)
                SEARCH enrollment USING INTEGER PRIMARY KEY (rowid=?)
                SEARCH person USING INTEGER PRIMARY KEY (rowid=?)
                SEARCH address USING INTEGER PRIMARY KEY (rowid=?)
                SEARCH account USING INTEGER PRIMARY KEY (rowid=?)
                CORRELATED SCALAR SUBQUERY 1
                SEARCH job USING INTEGER PRIMARY KEY (rowid=?)
                CORRELATED SCALAR SUBQUERY 2
                SEARCH delivery USING PRIMARY KEY (enrollment=?)
                USE TEMP B-TREE FOR ORDER BY
                """
        )
    }

    @Test func `no statement on a message's way, from the webhook to the last step, reads a whole table`() async throws
    {
        let state = try await TemporaryStore()
        var catalog = Catalog(
            zone: .hoChiMinh,
            sequences: [
                .make(start: [.firstMessage], steps: [.text("hello", 15, .minute), .text("hours", 3, .hour)]),
                .make("vips", start: [.tag("vip")], steps: .care),
            ]
        )
        catalog.dailyLimit = DailyLimit(1)
        _ = try await state.store.adopt(catalog, versions: [], plan: nil, now: .start)
        let statements = try await state.statements {
            try await state.ingest(.message("1"), now: .start)
            try await state.ingest(.message("2"), now: .start + .minutes(1))
            _ = try await state.store.tag([Event.testPerson], with: "vip", now: .start + .minutes(2))
            let due = Instant.start + .minutes(15)
            let first = try #require(try await state.claim(now: due).first)
            try await state.record(.unsent(why: "no connection"), of: first, now: due)
            try await state.send(now: due + .minutes(10))
            try await state.send(now: .start + .hours(3))
            try await state.send(now: .start + .hours(30))
            try await state.ingest(.echo("3", of: nil), now: .start + .hours(31))
        }
        let plans = try await plans(of: statements, state)
        // Of the events two are read, of pages and fences there are few, and of those who were forgotten it is asked whether
        // there is one.
        #expect(
            plans == """
                DELETE FROM
                    SEARCH event USING INTEGER PRIMARY KEY (rowid=?)
                    LIST SUBQUERY 1
                    SCAN event
                SELECT account
                    COMPOUND QUERY
                    LEFT-MOST SUBQUERY
                    SCAN account USING COVERING INDEX sqlite_autoindex_account_1
                    SEARCH address USING INDEX address_external_id (account=? AND external_id=?)
                    SEARCH person USING INTEGER PRIMARY KEY (rowid=?)
                    UNION ALL
                    SCAN account USING COVERING INDEX sqlite_autoindex_account_1
                    SEARCH address USING INDEX address_given (account=? AND external_id=?)
                    SEARCH person USING INTEGER PRIMARY KEY (rowid=?)
                SELECT account
                    SEARCH account USING COVERING INDEX sqlite_autoindex_account_1 (channel=? AND page=?)
                SELECT address
                    SEARCH address USING INDEX address_external_id (account=? AND external_id=?)
                    SEARCH person USING INTEGER PRIMARY KEY (rowid=?)
                    SEARCH account USING INTEGER PRIMARY KEY (rowid=?)
                SELECT delivery
                    SEARCH delivery USING PRIMARY KEY (enrollment=?)
                SELECT enrollment
                    COMPOUND QUERY
                    LEFT-MOST SUBQUERY
                    SEARCH enrollment USING INDEX sqlite_autoindex_enrollment_1 (person=?)
                    SEARCH delivery USING PRIMARY KEY (enrollment=?)
                    UNION ALL
                    SEARCH enrollment USING INDEX sqlite_autoindex_enrollment_1 (person=?)
                    SEARCH job USING INTEGER PRIMARY KEY (rowid=?)
                SELECT enrollment
                    SEARCH enrollment USING COVERING INDEX sqlite_autoindex_enrollment_1 (person=?)
                    SEARCH job USING INTEGER PRIMARY KEY (rowid=?)
                SELECT enrollment
                    SEARCH enrollment USING INDEX sqlite_autoindex_enrollment_1 (person=?)
                    USE TEMP B-TREE FOR ORDER BY
                SELECT event
                    SEARCH event USING COVERING INDEX sqlite_autoindex_event_1 (account=? AND key=?)
                SELECT forgotten
                    SCAN forgotten
                SELECT job
                    SCAN account VIRTUAL TABLE INDEX 1:
                    SEARCH job USING INTEGER PRIMARY KEY (rowid=?)
                    CORRELATED LIST SUBQUERY 1
                    SEARCH next USING INDEX job_due (account=?)
                    USE TEMP B-TREE FOR ORDER BY
                SELECT job
                    SEARCH job USING INTEGER PRIMARY KEY (rowid=?)
                    SEARCH enrollment USING INTEGER PRIMARY KEY (rowid=?)
                    SEARCH person USING INTEGER PRIMARY KEY (rowid=?)
                    SEARCH address USING INTEGER PRIMARY KEY (rowid=?)
                    SEARCH account USING INTEGER PRIMARY KEY (rowid=?)
                    CORRELATED SCALAR SUBQUERY 1
                    SEARCH delivery USING PRIMARY KEY (enrollment=?)
                SELECT json_each(?)
                    SCAN chosen VIRTUAL TABLE INDEX 1:
                    SEARCH enrollment USING INTEGER PRIMARY KEY (rowid=?)
                    SEARCH job USING INTEGER PRIMARY KEY (rowid=?)
                    CORRELATED SCALAR SUBQUERY 1
                    SEARCH delivery USING PRIMARY KEY (enrollment=?)
                    CORRELATED SCALAR SUBQUERY 2
                    SEARCH delivery USING PRIMARY KEY (enrollment=?)
                SELECT json_each(?)
                    SCAN chosen VIRTUAL TABLE INDEX 1:
                    SEARCH enrollment USING INTEGER PRIMARY KEY (rowid=?)
                    SEARCH job USING INTEGER PRIMARY KEY (rowid=?)
                    SEARCH person USING INTEGER PRIMARY KEY (rowid=?)
                    SEARCH address USING INTEGER PRIMARY KEY (rowid=?)
                    SEARCH account USING INTEGER PRIMARY KEY (rowid=?)
                    CORRELATED SCALAR SUBQUERY 1
                    SEARCH delivery USING PRIMARY KEY (enrollment=?)
                    CORRELATED SCALAR SUBQUERY 2
                    SEARCH other USING COVERING INDEX sqlite_autoindex_enrollment_1 (person=?)
                    SEARCH delivery USING PRIMARY KEY (enrollment=?)
                    CORRELATED SCALAR SUBQUERY 3
                    SEARCH other USING COVERING INDEX sqlite_autoindex_enrollment_1 (person=?)
                    SEARCH others USING INTEGER PRIMARY KEY (rowid=?)
                    USE TEMP B-TREE FOR ORDER BY
                SELECT person
                    SEARCH person USING INTEGER PRIMARY KEY (rowid=?)
                UPDATE address
                    SEARCH address USING INTEGER PRIMARY KEY (rowid=?)
                UPDATE fence
                    SCAN fence
                UPDATE job
                    SEARCH job USING INTEGER PRIMARY KEY (rowid=?)
                UPDATE job
                    SEARCH job USING INTEGER PRIMARY KEY (rowid=?)
                    LIST SUBQUERY 1
                    SEARCH enrollment USING COVERING INDEX sqlite_autoindex_enrollment_1 (person=?)
                UPDATE person
                    SEARCH person USING INTEGER PRIMARY KEY (rowid=?)
                """
        )
    }

    @Test func `an import reads those whom it is about, new or known`() async throws {
        let state = try await TemporaryStore([
            .make(start: [.manual], steps: [.text("hello", 15, .minute)]),
            .make("vips", start: [.tag("vip")], steps: .care),
        ])
        try await state.ingest(.message("1", from: "1"), now: .start)
        let people = (1...32).map { number in
            var record = PersonRecord(line: number, page: nil, address: "\(number)")
            record.attributes = ["city": "Huế"]
            record.tags = ["vip"]
            record.lastMessageAt = .start
            return (record, state.account)
        }
        let statements = try await state.statements {
            _ = try await state.store.importPeople(people, enrollingIn: "care", isTrial: false, now: .start + .hours(1))
        }
        let plans = try await plans(of: statements, state)
        // Of pages there are few, and of those who were forgotten it is asked whether there is one. Events, and what else refers
        // to somebody who is inserted, would be looked at only if such a reference had been found broken before (FkIfZero).
        #expect(
            plans == """
                DELETE FROM
                    SEARCH person USING INTEGER PRIMARY KEY (rowid>?)
                    LIST SUBQUERY 1
                    SEARCH address USING COVERING INDEX address_person (person>?)
                    SEARCH link USING COVERING INDEX link_person (person=?)
                    SEARCH address USING COVERING INDEX address_person (person=?)
                    SEARCH consent USING COVERING INDEX consent_person (person=?)
                    SEARCH consent_change USING COVERING INDEX consent_change_person (person=?)
                    SEARCH enrollment USING COVERING INDEX sqlite_autoindex_enrollment_1 (person=?)
                    SEARCH event USING COVERING INDEX event_person (person=?)
                INSERT address
                    SCAN 32 CONSTANT ROWS
                INSERT enrollment
                    SCAN json_each VIRTUAL TABLE INDEX 1:
                    SEARCH attempt USING PRIMARY KEY (enrollment=?)
                    SEARCH delivery USING PRIMARY KEY (enrollment=?)
                    SEARCH job USING INTEGER PRIMARY KEY (rowid=?)
                INSERT job
                    SEARCH enrollment USING INTEGER PRIMARY KEY (rowid>?)
                INSERT person
                    SCAN 32 CONSTANT ROWS
                    SEARCH link USING COVERING INDEX link_person (person=?)
                    SEARCH address USING COVERING INDEX address_person (person=?)
                    SEARCH consent USING COVERING INDEX consent_person (person=?)
                    SEARCH consent_change USING COVERING INDEX consent_change_person (person=?)
                    SEARCH enrollment USING COVERING INDEX sqlite_autoindex_enrollment_1 (person=?)
                    SEARCH event USING COVERING INDEX event_person (person=?)
                SELECT account
                    SCAN account USING COVERING INDEX sqlite_autoindex_account_1
                SELECT address
                    SEARCH address USING INDEX address_external_id (account=? AND external_id=?)
                    SEARCH person USING INTEGER PRIMARY KEY (rowid=?)
                    SEARCH account USING INTEGER PRIMARY KEY (rowid=?)
                SELECT enrollment
                    SEARCH enrollment
                SELECT enrollment
                    SEARCH enrollment USING INDEX sqlite_autoindex_enrollment_1 (person=?)
                    USE TEMP B-TREE FOR ORDER BY
                SELECT forgotten
                    SCAN forgotten
                SELECT person
                    SEARCH person
                SELECT person
                    SEARCH person USING INTEGER PRIMARY KEY (rowid=?)
                SELECT person
                    SEARCH person USING INTEGER PRIMARY KEY (rowid>?)
                SELECT sqlite_sequence
                    SEARCH sqlite_sequence
                UPDATE person
                    SEARCH person USING INTEGER PRIMARY KEY (rowid=?)
                """
        )
    }

    @Test func `to erase a person looks at no event of anybody else`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: .start)
        let statements = try await state.statements {
            _ = try await state.store.forget(Event.testPerson, now: .start + .minutes(1))
        }
        let erasing = statements.filter {
            $0.hasPrefix("DELETE FROM event") || $0.contains("FROM event WHERE person = ")
        }
        var plans: [String] = []
        for sql in erasing { plans += try await state.plan(of: sql) }
        #expect(
            plans == [
                "SEARCH event USING INDEX event_person (person=?)", "SEARCH event USING INTEGER PRIMARY KEY (rowid=?)",
            ]
        )
    }

    private func plan(of sql: String) async throws -> String {
        try await TemporaryStore().plan(of: sql).joined(separator: "\n")
    }

    /// The kind and the plan of each that has one.
    private func plans(of statements: [String], _ state: TemporaryStore) async throws -> String {
        var plans: Set<String> = []
        for sql in Set(statements) {
            let plan = try await state.plan(of: sql)
            if !plan.isEmpty { plans.insert(([TemporaryStore.kind(of: sql)] + plan).joined(separator: "\n    ")) }
        }
        return plans.sorted().joined(separator: "\n")
    }
}
