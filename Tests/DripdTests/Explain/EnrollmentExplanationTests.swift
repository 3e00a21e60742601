import ControlAPI
import DripCore
import Testing

@testable import DripStore
@testable import dripd

/// One enrollment as `dripd explain` writes it.
struct EnrollmentExplanationTests {
    private let start = Instant(milliseconds: 1_767_492_000_000)  // Sun 2026-01-04 09:00 in Ho Chi Minh City

    private func lines(_ delivery: DeliveryDetail) -> [String] {
        let enrollment = EnrollmentDetail(
            sequence: "care",
            round: 1,
            anchor: start,
            cause: "first_message",
            endedAt: delivery.at,
            endReason: "finished",
            deliveries: [delivery]
        )
        let explained = EnrollmentExplanation(enrollment: enrollment, zone: "Asia/Ho_Chi_Minh")
        let person = PersonSummary(page: "1", person: "2", tags: [], underWay: [])
        let explanation = Explanation(
            now: delivery.at,
            person: person,
            zone: "Asia/Ho_Chi_Minh",
            enrollments: [explained]
        )
        return EnrollmentExplanationFormatter(explained, explanation).lines
    }

    private func skipped(_ reason: SkipReason, arrived: Int?) -> DeliveryDetail {
        DeliveryDetail(
            step: "parts",
            state: "skipped",
            reason: reason.rawValue,
            scheduled: start + .hours(1),
            at: start + .hours(13),
            attempts: 1,
            messageIDs: [],
            partsArrived: arrived
        )
    }

    @Test func `too late after some of a step's parts had arrived`() {
        #expect(
            lines(skipped(.late, arrived: 1)) == [
                "care: started Sun 2026-01-04 09:00, the person's first message",
                "  Sun 2026-01-04 22:00  parts  skipped: later than 'late' allows (late), after its first part had arrived, due Sun "
                    + "2026-01-04 10:00",
                "  Sun 2026-01-04 22:00         over: nothing is left to send",
            ]
        )
        #expect(
            lines(skipped(.late, arrived: 2))[1]
                == "  Sun 2026-01-04 22:00  parts  skipped: later than 'late' allows (late), after its first 2 parts had arrived, due "
                + "Sun 2026-01-04 10:00"
        )
        #expect(
            lines(skipped(.late, arrived: nil))[1]
                == "  Sun 2026-01-04 22:00  parts  skipped: later than 'late' allows (late), due Sun 2026-01-04 10:00"
        )
    }
}
