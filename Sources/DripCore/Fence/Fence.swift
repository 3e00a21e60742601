/// Recognises a copied state. The database and a small file beside it hold the same counter, the epoch. It advances
/// with every start, before the first message of every batch, and with every opt-out. A database copy is behind the
/// file as soon as one message or opt-out is missing from it.
///
/// The order of the writes decides what `kill -9` may leave:
/// ```
/// database: epoch + 1, with the claims ──► file: epoch + 1 ──► send the messages
/// ```
/// The database comes first: a process that ends in between leaves it ahead by one, and a copy is never ahead. The
/// messages come last, so the file counts every message that was sent. Each write is on disk before the next begins,
/// and no second batch begins while the file is behind, so the database is ahead by one at most.
package enum Fence {
    /// The content of the file beside the database.
    package enum File: Hashable, Sendable {
        case missing
        /// The file exists, but its content cannot be trusted.
        case unreadable
        /// - Parameters:
        ///   - epoch: 0 in a file that was created and never confirmed.
        ///   - isOriginal: whether it is the very file that was created here, not a copy of it.
        case present(instance: String, epoch: Int64, isOriginal: Bool)
    }

    /// The content of the database.
    package struct Record: Hashable, Sendable {
        package let instance: String
        /// Whether it contains no people.
        package let isEmpty: Bool
        /// nil if no dripd with a fence has opened it yet.
        package let epoch: Int64?
        /// The machine that wrote it; nil if that was unknown.
        package let machine: String?

        package init(instance: String, isEmpty: Bool, epoch: Int64?, machine: String?) {
            self.instance = instance
            self.isEmpty = isEmpty
            self.epoch = epoch
            self.machine = machine
        }
    }

    /// Decides whether this state may send.
    /// - Parameter machine: this machine; nil if unknown, and then a cloned machine is not recognised.
    /// - Returns: the reason to hold; nil if it may send.
    package static func reasonToHold(_ file: File, _ record: Record, machine: String?) -> Hold.Reason? {
        if record.isEmpty {
            // A copy made before the first person was stored would find people through a sync and send to them again. A
            // new database beside an old file has another instance id and has sent nothing.
            guard case .present(record.instance, let counted, isOriginal: true) = file, let epoch = record.epoch,
                epoch < counted
            else { return nil }
            return .olderCopy
        }
        guard let epoch = record.epoch else { return reasonToHold(file, beforeFence: record) }
        if let machine, let written = record.machine, written != machine { return .anotherMachine }
        switch file {
        case .missing: return .fileMissing
        case .unreadable: return .fileUnreadable
        case .present(record.instance, _, isOriginal: false): return .copiedFolder
        case .present(record.instance, let counted, isOriginal: true):
            if epoch < counted { return .olderCopy }
            return epoch > counted + 1 ? .olderFile : nil
        case .present: return .anotherDatabase
        }
    }

    /// Accepts a database from a dripd without a fence, once: the file created for it says 0 until the database has its
    /// epoch.
    private static func reasonToHold(_ file: File, beforeFence record: Record) -> Hold.Reason? {
        switch file {
        case .missing, .present(record.instance, epoch: 0, isOriginal: true): nil
        case .unreadable: .fileUnreadable
        case .present(record.instance, _, _): .olderCopy
        case .present: .anotherDatabase
        }
    }
}

/// A hold on all sending until an operator decides: this state may be a copy, so its due messages may have been sent
/// already.
package struct Hold: Codable, Hashable, Sendable {
    package enum Reason: String, Codable, CaseIterable, Hashable, Sendable {
        /// The database is older than the file beside it says.
        case olderCopy = "older_copy"
        /// `dripd restore` put it here.
        case restored
        /// The database was written on another machine.
        case anotherMachine = "another_machine"
        /// The file beside the database is not the one created here: the folder is a copy.
        case copiedFolder = "copied_folder"
        /// The file beside the database is older than an interrupted daemon can leave it.
        case olderFile = "older_file"
        /// The file beside the database belongs to another database.
        case anotherDatabase = "another_database"
        case fileMissing = "file_missing"
        case fileUnreadable = "file_unreadable"
    }

    package let reason: Reason
    /// The last time recorded before the state was copied; nil if there is none.
    package let copiedAt: Instant?
    /// When a daemon first detected the hold; nil until one has.
    package let noticedAt: Instant?

    package init(reason: Reason, copiedAt: Instant?, noticedAt: Instant?) {
        self.reason = reason
        self.copiedAt = copiedAt
        self.noticedAt = noticedAt
    }

    /// Whether this state replaced the original in place, so that the original daemon ended before this one started.
    /// For all other reasons the original may still be running.
    package var isSuccessor: Bool {
        switch reason {
        case .olderCopy, .restored: true
        case .anotherMachine, .copiedFolder, .olderFile, .anotherDatabase, .fileMissing, .fileUnreadable: false
        }
    }

    /// Returns the time until which another daemon may have sent from this state.
    /// - Parameter now: when the operator releases the hold.
    package func sentElsewhereUntil(now: Instant) -> Instant {
        isSuccessor ? noticedAt ?? now : now
    }
}

extension Hold.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .olderCopy: "the database is an older copy of itself, as after restoring a backup"
        case .restored: "the database was restored from a backup"
        case .anotherMachine: "the database was written on another machine"
        case .copiedFolder: "the state directory is a copy: its fence file is not the one that was made here"
        case .olderFile: "the fence file is older than the database: it was put back from a copy"
        case .anotherDatabase: "the fence file belongs to another database"
        case .fileMissing: "the fence file is missing beside a database that has people in it"
        case .fileUnreadable: "the fence file is damaged, so dripd cannot tell whether the database is an older copy"
        }
    }
}
