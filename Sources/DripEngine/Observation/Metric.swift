import Metrics

/// Every metric of dripd, by its name at `/metrics`. Names and units: https://prometheus.io/docs/practices/naming/
package enum Metric: String, CaseIterable, Sendable {
    case buildInfo = "dripd_build_info"
    case commentPauses = "dripd_comment_pauses_total"
    case databaseUp = "dripd_database_up"
    case databaseSize = "dripd_database_size_bytes"
    case databaseLogSize = "dripd_database_wal_size_bytes"
    case databaseCheckpoint = "dripd_database_last_checkpoint_timestamp_seconds"
    case databaseWriteLongest = "dripd_database_write_longest_seconds"
    case databaseWriteTime = "dripd_database_write_seconds_total"
    case databaseWrites = "dripd_database_writes_total"
    case deliveries = "dripd_deliveries_total"
    case deliveriesInDoubt = "dripd_deliveries_in_doubt"
    case dueLag = "dripd_due_lag_seconds"
    case enrollments = "dripd_enrollments_total"
    case enrollmentsUnderWay = "dripd_enrollments_under_way"
    case events = "dripd_events_total"
    case eventsDuplicate = "dripd_events_duplicate_total"
    case eventsExpired = "dripd_events_expired_total"
    case eventsLate = "dripd_events_late_total"
    case eventsStranger = "dripd_events_stranger_total"
    case filesRefused = "dripd_files_refused"
    case pageAllowance = "dripd_page_allowance_used_ratio"
    case pageCatchingUp = "dripd_page_catching_up"
    case pageState = "dripd_page_state"
    case people = "dripd_people"
    case peoplePaused = "dripd_people_paused"
    case requests = "dripd_requests_total"
    case webhookRenewals = "dripd_webhook_renewals_total"
    case webhooks = "dripd_webhooks_total"

    package enum Kind: String, Sendable {
        case counter
        case gauge
    }

    package var kind: Kind {
        rawValue.hasSuffix("_total") ? .counter : .gauge
    }

    package var help: String {
        switch self {
        case .buildInfo: "Always 1; the version of dripd that runs."
        case .commentPauses: "Pauses of private replies to comments whose author is not named, by reason."
        case .databaseUp: "1 while the state can be read, otherwise 0; metrics that come from it are then missing."
        case .databaseSize: "Size of the database file."
        case .databaseLogSize: "Size of the database's write-ahead log."
        case .databaseCheckpoint: "When the write-ahead log was last written into the database file."
        case .databaseWriteLongest: "The longest write transaction since dripd started, by operation."
        case .databaseWriteTime: "The time for which write transactions held the database, by operation."
        case .databaseWrites: "Write transactions, by operation."
        case .deliveries: "Steps that are over, since the database was created, by state and, unless sent, by reason."
        case .deliveriesInDoubt: "Messages that were sent and whose answer was never recorded: see dripd jobs list."
        case .dueLag: "The delay of the most overdue job that waits for its page to send it."
        case .enrollments: "Enrollments that have begun since the database was created."
        case .enrollmentsUnderWay: "Enrollments that are not over."
        case .events: "New events from the platform, by kind."
        case .eventsDuplicate: "Events that had been received before."
        case .eventsExpired: "Events that were dropped because they were older than 45 days."
        case .eventsLate: "New events older than a day: they were recorded, but started nothing."
        case .eventsStranger: "Events of pages that the configuration does not name."
        case .filesRefused: "1 while the sequence files on the disk are refused and not in force, otherwise 0."
        case .pageAllowance: "The share of the platform's call allowance that is used up, from 0 to 1."
        case .pageCatchingUp:
            "1 while the page sends nothing because it first reads what was written while dripd was down, otherwise 0."
        case .pageState: "1 for the state of the page, 0 for every other state."
        case .people: "Known people."
        case .peoplePaused: "People who may have asked to get nothing more, paused until an operator decides."
        case .requests: "Requests to send a message, by outcome: accepted, or the class of the error."
        case .webhookRenewals: "Renewals of a page's subscription to webhooks that the platform had dropped."
        case .webhooks: "Webhooks, by result."
        }
    }

    /// Adds to a counter of this process.
    package func count(_ number: Int = 1, _ labels: MetricLabel...) {
        Counter(label: rawValue, dimensions: labels.map { ($0.name, $0.value) }).increment(by: number)
    }
}

/// One value of a metric at the time of the request.
package struct MetricSample: Hashable, Sendable {
    package let metric: Metric
    package let labels: [MetricLabel]
    package let value: Double

    package init(_ metric: Metric, _ value: Double, _ labels: MetricLabel...) {
        self.metric = metric
        self.labels = labels
        self.value = value
    }

    init(_ metric: Metric, _ value: Int, _ labels: MetricLabel...) {
        self.metric = metric
        self.labels = labels
        self.value = Double(value)
    }
}

package struct MetricLabel: Hashable, Sendable {
    package let name: String
    /// A value from a bounded set: never a person, nor anything that a person wrote.
    package let value: String

    package static func label(_ name: String, _ value: String) -> MetricLabel {
        MetricLabel(name: name, value: value)
    }
}
