package import DripCore
import Metrics

/// How the pages stand, for whoever watches: which of its states each is in, and how much of its allowance is used up.
package enum PageGauges {
    package static func record(_ lanes: [Lane], now: Instant) {
        for lane in lanes {
            let isIn = lane.state(at: now)
            for state in Lane.State.allCases {
                Gauge(label: "dripd_page_state", dimensions: [("page", lane.page), ("state", state.rawValue)])
                    .record(state == isIn ? 1 : 0)
            }
            Gauge(label: "dripd_page_used_percent", dimensions: [("page", lane.page)])
                .record(lane.usage(at: now)?.percent ?? 0)
        }
    }
}
