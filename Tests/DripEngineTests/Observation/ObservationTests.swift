import ControlAPI
import DripCore
import Foundation
import TestSupport
import Testing

@testable import DripEngine
@testable import DripStore

@Suite struct ObservationTests {
    private let sums = StoreStatus(
        people: 3,
        enrolled: 5,
        underWay: 2,
        sent: 7,
        skipped: 3,
        failed: 1,
        inDoubt: 1,
        undecided: 1,
        nextDue: nil
    )

    private func lines(_ limiters: [Limiter], _ state: StoreMetrics?, now: Instant = .start) -> [String] {
        Observation(version: "1.2", now: now, limiters: limiters, filesAreRefused: false, state: state).samples.map {
            sample in
            let labels = sample.labels.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
            return "\(sample.metric.rawValue){\(labels)} \(sample.value)"
        }
    }

    @Test func `all that is known of the state is told`() {
        let state = StoreMetrics(
            sums: sums,
            skipped: ["late": 3],
            failed: ["message": 1],
            earliestDue: [AccountID(rawValue: 1): .start - .seconds(90), AccountID(rawValue: 2): .start + .hours(1)],
            databaseBytes: 4096,
            walBytes: 512,
            checkpointAt: Date(timeIntervalSince1970: 1_800_000_000.4),
            holds: [
                WriterHold(operation: "intake", count: 7, total: .milliseconds(35), longest: .milliseconds(12))
            ]
        )
        let limiters = [1, 2, 3].map {
            Limiter(id: AccountID(rawValue: $0), channel: .messenger, page: "page-\($0)", perSecond: 10, rates: .tested)
        }
        let lines = lines(limiters, state)
        #expect(
            lines.filter { $0.contains("lag") } == [
                "dripd_due_lag_seconds{page=page-1} 90.0", "dripd_due_lag_seconds{page=page-2} 0.0",
                "dripd_due_lag_seconds{page=page-3} 0.0",
            ]
        )
        #expect(
            lines.filter { !$0.contains("page") } == [
                "dripd_build_info{version=1.2} 1.0", "dripd_database_up{} 1.0", "dripd_files_refused{} 0.0",
                "dripd_database_size_bytes{} 4096.0", "dripd_database_wal_size_bytes{} 512.0", "dripd_people{} 3.0",
                "dripd_people_paused{} 0.0",
                "dripd_enrollments_total{} 5.0", "dripd_enrollments_under_way{} 2.0", "dripd_deliveries_in_doubt{} 1.0",
                "dripd_deliveries_total{state=sent,reason=} 7.0",
                "dripd_database_last_checkpoint_timestamp_seconds{} 1800000000.0",
                "dripd_deliveries_total{state=skipped,reason=late} 3.0",
                "dripd_deliveries_total{state=failed,reason=message} 1.0",
                "dripd_database_writes_total{operation=intake} 7.0",
                "dripd_database_write_seconds_total{operation=intake} 0.035",
                "dripd_database_write_longest_seconds{operation=intake} 0.012",
            ]
        )
    }

    @Test func `a page's state is told as one of all, and its allowance as a ratio`() {
        var restricted = Limiter(
            id: AccountID(rawValue: 1),
            channel: .messenger,
            page: "7",
            perSecond: 10,
            rates: .tested
        )
        restricted.note(Usage(percent: 41, regainAfter: nil), now: .start)
        restricted.restrict("spam", now: .start)
        #expect(
            lines([restricted], nil).filter { $0.contains("page") } == [
                "dripd_page_state{page=7,state=open} 0.0", "dripd_page_state{page=7,state=slowed} 0.0",
                "dripd_page_state{page=7,state=paused} 0.0", "dripd_page_state{page=7,state=restricted} 1.0",
                "dripd_page_state{page=7,state=stopped} 0.0", "dripd_page_allowance_used_ratio{page=7} 0.41",
                "dripd_page_catching_up{page=7} 0.0",
            ]
        )
    }

    @Test func `a page that reads what it missed, and people who wait for an operator`() {
        var held = Limiter(id: AccountID(rawValue: 1), channel: .messenger, page: "7", perSecond: 10, rates: .tested)
        held.beginCatchingUp(until: .start + .seconds(60))
        #expect(lines([held], nil).last == "dripd_page_catching_up{page=7} 1.0")
        #expect(lines([held], nil, now: .start + .seconds(60)).last == "dripd_page_catching_up{page=7} 0.0")
        var sums = sums
        sums.paused = 4
        let state = StoreMetrics(
            sums: sums,
            skipped: [:],
            failed: [:],
            earliestDue: [:],
            databaseBytes: 1,
            walBytes: 1,
            checkpointAt: nil
        )
        #expect(lines([], state).contains("dripd_people_paused{} 4.0"))
    }

    @Test func `while the state cannot be read, only that is told of it`() {
        #expect(
            lines([], nil) == [
                "dripd_build_info{version=1.2} 1.0", "dripd_database_up{} 0.0", "dripd_files_refused{} 0.0",
            ]
        )
    }
}
