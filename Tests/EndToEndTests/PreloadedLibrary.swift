import ChildProcesses
import Foundation
import TestSupport

/// A small library in C that stands between the daemon and the system. It needs a C compiler, which Swift's own installation
/// on Linux asks for.
enum PreloadedLibrary {
    struct NotBuilt: Error {
        let log: String
    }

    /// - Parameter source: beside this file.
    /// - Returns: what `LD_PRELOAD` is to name.
    static func build(_ source: String, in directory: TemporaryDirectory) async throws -> String {
        let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: source)
        let library = directory.path + "/" + source.deletingPathExtension().lastPathComponent + ".so"
        let log = directory.path + "/cc.log"
        let compiler = try ChildProcess(
            "/usr/bin/env",
            ["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, source.path, "-ldl"],
            output: log,
            errors: log
        )
        guard await compiler.exit.code == 0 else {
            throw NotBuilt(log: (try? String(contentsOfFile: log, encoding: .utf8)) ?? "")
        }
        return library
    }
}
