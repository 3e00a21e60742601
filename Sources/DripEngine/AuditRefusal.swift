import DripStore

/// Why a request was not carried out, in one of a few texts: what the errors themselves say names people.
struct AuditRefusal {
    let result: AuditRecord.Result
    let reason: String

    init(_ error: any Error) {
        switch error {
        case let error as PersonError: (result, reason) = (.refused, Self.words(error))
        case let error as ResolveError: (result, reason) = (.refused, Self.words(error))
        case is HoldError: (result, reason) = (.refused, "nothing is on hold")
        case is ImportRefusal: (result, reason) = (.refused, "the file's people cannot be taken")
        case is SyncError: (result, reason) = (.refused, "unknown page")
        case is AdoptionError: (result, reason) = (.refused, "another plan")
        case is DecodingError: (result, reason) = (.refused, "unreadable request")
        case is StoreError: (result, reason) = (.failed, "the state cannot be read or written")
        case is CancellationError: (result, reason) = (.failed, "cancelled")
        default: (result, reason) = (.refused, "\(type(of: error))")
        }
    }

    private static func words(_ error: PersonError) -> String {
        switch error {
        case .unknown: "unknown person"
        case .ambiguous: "known on several pages"
        case .unknownSequence: "unknown sequence"
        case .underWay: "under way already"
        case .beenThrough: "been through before"
        case .stopped: "stopped"
        case .paused: "paused"
        case .notStopped: "not stopped"
        case .otherPage: "not for this page"
        case .busy: "a message is on its way"
        }
    }

    private static func words(_ error: ResolveError) -> String {
        switch error {
        case .notInDoubt: "not in doubt"
        case .busy: "a message is on its way"
        case .stopped: "stopped"
        case .gone: "in no file any more"
        }
    }
}
