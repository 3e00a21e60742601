import Foundation
import Testing

/// The installed daemon under a real systemd, on a machine that exists only for the test.
@Suite struct RealSystemdTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    private static let bootSystemd = folder.appending(path: "boot-systemd").path
    /// Why no systemd can be booted here; nil if one can.
    private static let obstacle: String? = {
        let (status, output) = Command.run([bootSystemd, "can"])
        return status == 0 ? nil : output.trimmingCharacters(in: .whitespacesAndNewlines)
    }()

    @Test(.enabled(if: obstacle == nil, Comment(rawValue: obstacle ?? "")))
    func `systemd starts, reloads, watches and stops the installed daemon`() async throws {
        let project = Self.folder.deletingLastPathComponent().deletingLastPathComponent().path
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        // The build puts the program beside the tests.
        let build = URL(filePath: tests).deletingLastPathComponent()
        let arguments = [
            "timeout", "--kill-after=10", "300",
            Self.bootSystemd, "--share", project, "--share", build.path, "run",
            Self.folder.appending(path: "real-systemd-test").path, build.appending(path: "dripd").path, project,
        ]
        // On a thread of its own: it takes seconds, in which the other tests need theirs.
        let (status, output) = await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: Command.run(arguments)) }
        }
        #expect(status == 0, "\(output)")
    }
}
