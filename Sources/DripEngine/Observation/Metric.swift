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
        case .commentPauses: "Pauses of private replies to comments whose author is not named, by why."
        case .databaseUp: "1 while the state can be read, otherwise 0, and what comes out of it is missing."
        case .databaseSize: "Size of the database file."
        case .databaseLogSize: "Size of the database's write-ahead log."
        case .databaseCheckpoint: "When the write-ahead log was last written into the database file."
        case .databaseWriteLongest: "The longest write transaction since dripd started, by its operation."
        case .databaseWriteTime: "For how long write transactions had the database to themselves, by their operation."
        case .databaseWrites: "Write transactions, by their operation."
        case .deliveries: "Steps that are over, since the database was made, by how and, unless sent, why."
        case .deliveriesInDoubt: "Messages that left and of which no answer was recorded: see dripd jobs list."
        case .dueLag: "How late the most overdue job is that waits for its page to send it."
        case .enrollments: "People's ways through a sequence that have begun, since the database was made."
        case .enrollmentsUnderWay: "People's ways through a sequence that are not over."
        case .events: "Events that the platform told and that were new, by their kind."
        case .eventsDuplicate: "Events that had been told before."
        case .eventsExpired: "Events that were dropped, being older than 45 days."
        case .eventsLate: "Events that were new and older than a day: recorded, and nothing began by them."
        case .eventsStranger: "Events of pages that the configuration does not name."
        case .filesRefused: "1 while the sequence files on the disk are not those in force, since they have errors."
        case .pageAllowance: "How much of the platform's allowance of calls is used up, from 0 to 1."
        case .pageCatchingUp:
            "1 while the page sends nothing because it first reads what was written while dripd was down, otherwise 0."
        case .pageState: "1 for the state that the page is in, 0 for every other."
        case .people: "People who are known."
        case .peoplePaused: "People who may have asked to get nothing more, paused until an operator decides."
        case .requests: "Requests to send a message, by what came of them: accepted, or the class of the error."
        case .webhookRenewals: "How often a page was subscribed anew to webhooks that the platform had dropped."
        case .webhooks: "Webhooks, by what became of them."
        }
    }

    /// Adds to what is counted in this process.
    package func count(_ number: Int = 1, _ labels: MetricLabel...) {
        Counter(label: rawValue, dimensions: labels.map { ($0.name, $0.value) }).increment(by: number)
    }
}
