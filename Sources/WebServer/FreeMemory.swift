import Foundation
import Glibc

/// What is freed stays with this process, for what it allocates next.
enum FreeMemory {
    /// Gives it back to the system, on a thread of its own: it takes some milliseconds after a flood.
    static let giveBack: @Sendable () -> Void = {
        Thread.detachNewThread { _ = trim?(0) }
    }

    /// `malloc_trim(3)`, whose header Swift's Glibc leaves out; nil: another C library.
    private static let trim: (@convention(c) (Int) -> CInt)? = dlsym(nil, "malloc_trim").map {
        unsafeBitCast($0, to: (@convention(c) (Int) -> CInt).self)
    }
}
