import Foundation
import TestSupport

/// What a loss of power does to a daemon's database: all that was written and not flushed is gone.
///
/// A small library that is preloaded into the daemon keeps what was flushed. It needs a C compiler, which Swift's own
/// installation on Linux asks for.
struct PowerLoss {
    let library: String

    init(in directory: TemporaryDirectory) async throws {
        library = directory.path + "/power-loss.so"
        let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "power-loss.c").path
        let log = directory.path + "/cc.log"
        let compiler = try ChildProcess(
            "/usr/bin/env",
            ["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, source, "-ldl"],
            output: log,
            errors: log
        )
        guard await compiler.exit.code == 0 else {
            throw NoLibrary(log: (try? String(contentsOfFile: log, encoding: .utf8)) ?? "")
        }
    }

    struct NoLibrary: Error {
        let log: String
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
