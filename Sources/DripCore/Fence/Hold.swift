/// Nothing is sent until an operator says so, since this state may be a copy: what is due by it may have been sent already.
package struct Hold: Codable, Hashable, Sendable {
    package enum Reason: String, Codable, CaseIterable, Hashable, Sendable {
        /// The database is older than the file beside it knows it to have been.
        case olderCopy = "older_copy"
        /// `dripd restore` put it here.
        case restored
        /// It was written on another machine.
        case anotherMachine = "another_machine"
        /// The file beside it is not where it was made: the folder is a copy.
        case copiedFolder = "copied_folder"
        /// The file beside it is older than any stop of the daemon explains.
        case olderFile = "older_file"
        /// The file beside it is of another database.
        case anotherDatabase = "another_database"
        case fileMissing = "file_missing"
        case fileUnreadable = "file_unreadable"
    }

    package let reason: Reason
    /// The last moment that the state knows of from before it was copied; nil where it knows of none.
    package let copiedAt: Instant?
    /// When a daemon first found it so; nil until one has.
    package let noticedAt: Instant?

    package init(reason: Reason, copiedAt: Instant?, noticedAt: Instant?) {
        self.reason = reason
        self.copiedAt = copiedAt
        self.noticedAt = noticedAt
    }

    /// It lies in the place of the original, which therefore ended before this one began. Of any other copy the original may
    /// still be at work.
    package var isSuccessor: Bool {
        switch reason {
        case .olderCopy, .restored: true
        case .anotherMachine, .copiedFolder, .olderFile, .anotherDatabase, .fileMissing, .fileUnreadable: false
        }
    }

    /// Until when another daemon may have sent by this state.
    /// - Parameter now: when the operator, having looked, lets this one go on.
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
        case .fileUnreadable: "the fence file is damaged, so nothing tells whether the database is an older copy"
        }
    }
}
