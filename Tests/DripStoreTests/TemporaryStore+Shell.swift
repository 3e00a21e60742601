import ChildProcesses
import Foundation
import TestSupport
import Testing

extension TemporaryStore {
    /// Runs a shell script that may name the state's directory as `$state` and a copy in `scratch` as `$copy`.
    func run(_ script: String, _ scratch: TemporaryDirectory) async throws {
        let child = try ChildProcess(
            "/bin/sh",
            ["-euc", script],
            environment: ["PATH": "/usr/bin:/bin", "state": directory.path, "copy": scratch.path + "/copy"],
            output: scratch.path + "/output",
            errors: scratch.path + "/errors"
        )
        let code = await child.exit.code
        let errors = try String(contentsOfFile: scratch.path + "/errors", encoding: .utf8)
        #expect(code == 0, "\(script): \(errors)")
    }
}
