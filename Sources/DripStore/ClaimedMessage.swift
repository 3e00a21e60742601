import DripCore
import GRDB

/// What a message was made from that is on its way, or was: all that its row in the ledger keeps of it.
struct ClaimedMessage {
    let position: Span?
    let sequenceHash: String?
    let permission: Permission
    let variant: Int?
    let bodyHash: String?
    let isLast: Bool

    static let columns = """
        job.claimed_hash, job.claimed_offset, job.claimed_permission, job.claimed_variant, job.claimed_body,
        job.claimed_last
        """

    init(row: Row) {
        let permission: String? = row["claimed_permission"]
        position = row["claimed_offset"]
        sequenceHash = row["claimed_hash"]
        // A claim of a version that kept no permission knew only this one.
        self.permission = permission.flatMap(Permission.init(rawValue:)) ?? .standardWindow
        variant = row["claimed_variant"]
        bodyHash = row["claimed_body"]
        isLast = row["claimed_last"] ?? true
    }

    func entry(_ delivery: Delivery) -> Ledger.Entry {
        Ledger.Entry(
            delivery: delivery,
            position: position,
            sequenceHash: sequenceHash,
            permission: permission,
            variant: variant,
            bodyHash: bodyHash,
            hasMore: !isLast
        )
    }
}
