import Foundation
import TestSupport

/// What a loss of power does to a daemon's database: all that was written and not flushed is gone.
///
/// A small library that is preloaded into the daemon keeps what was flushed.
struct PowerLoss {
    let library: String

    init(in directory: TemporaryDirectory) async throws {
        library = try await PreloadedLibrary.build("Crash/power-loss.c", in: directory)
    }

    /// To be called once the daemon is gone.
    func strike(_ stateDirectory: String) throws {
        let files = FileManager.default
        for file in ["dripd.db", "dripd.db-wal", "dripd.db-shm"].map({ stateDirectory + "/" + $0 }) {
            if files.fileExists(atPath: file) { try files.removeItem(atPath: file) }
            if files.fileExists(atPath: file + ".flushed") {
                try files.copyItem(atPath: file + ".flushed", toPath: file)
            }
        }
    }
}
