/// Recognises a state that is a copy. The database and a small file beside it count the same thing, an epoch that advances
/// with every start, with every batch of messages before the first of them leaves, and with those who want nothing more. A
/// copy of the database is behind the file as soon as one message has left, or one person has said so, that it knows nothing
/// of.
///
/// The order in which the two are written decides what `kill -9` may leave behind:
/// ```
/// database: epoch + 1, with the claims ──► file: epoch + 1 ──► the messages leave
/// ```
/// The database comes first, so that a process that ends in between leaves it ahead by one, which no copy can be: a copy is
/// behind. The messages come last, so that none has left that the file does not count. Both are on the disk before the next
/// begins, and no second batch begins while the file is behind: ahead by one is all there ever is.
package enum Fence {
    /// What the file beside the database says.
    package enum File: Hashable, Sendable {
        case missing
        /// It is there and nothing in it can be relied on.
        case unreadable
        /// - Parameters:
        ///   - epoch: 0 in a file that was made and never confirmed.
        ///   - isOriginal: it is the very file that was made here, and not a copy of that.
        case present(instance: String, epoch: Int64, isOriginal: Bool)
    }

    /// What the database says.
    package struct Record: Hashable, Sendable {
        package let instance: String
        /// Nobody is in it.
        package let isEmpty: Bool
        /// nil in one that no dripd with a fence has opened yet.
        package let epoch: Int64?
        /// The machine that wrote it; nil where that could not be told.
        package let machine: String?

        package init(instance: String, isEmpty: Bool, epoch: Int64?, machine: String?) {
            self.instance = instance
            self.isEmpty = isEmpty
            self.epoch = epoch
            self.machine = machine
        }
    }

    /// Whether this state may send.
    /// - Parameter machine: this one; nil where that can't be told, and then no clone is recognised by it.
    /// - Returns: why not; nil if it may.
    package static func reasonToHold(_ file: File, _ record: Record, machine: String?) -> Hold.Reason? {
        if record.isEmpty {
            // A copy from before the first person finds people by what they wrote since, and would send to them again. Whoever
            // began anew beside an old file has another instance, and nothing to send twice.
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

    /// A database of a dripd without a fence is taken as it is, once: the file that is made for it says 0 until the database
    /// has its epoch.
    private static func reasonToHold(_ file: File, beforeFence record: Record) -> Hold.Reason? {
        switch file {
        case .missing, .present(record.instance, epoch: 0, isOriginal: true): nil
        case .unreadable: .fileUnreadable
        case .present(record.instance, _, _): .olderCopy
        case .present: .anotherDatabase
        }
    }
}
