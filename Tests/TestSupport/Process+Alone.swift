package import Foundation
import Synchronization

extension Process {
    private static let turn = Mutex(())

    /// Begins the program while no other test begins one: Foundation learns of a child's end by a socket that a child begun
    /// at the same moment inherits, and would then learn of it only when that one ends, too.
    package func runAlone() throws {
        try Self.turn.withLock { _ in try run() }
    }
}
