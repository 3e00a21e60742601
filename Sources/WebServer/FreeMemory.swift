import Foundation
import Glibc

/// What is freed stays with this process, for what it allocates next.
enum FreeMemory {
    /// Gives it back to the system, on a thread of its own: it takes some milliseconds after a flood.
    static let giveBack: @Sendable () -> Void = {
        Thread.detachNewThread { malloc_trim(0) }
    }
}
