import ChildProcesses
import Foundation
import TestSupport

/// The real binary, which the build puts beside the tests.
enum Program {
    /// `DRIPD_PROGRAM` names another: `make soak` takes the release build.
    static let url: URL = {
        if let other = ProcessInfo.processInfo.environment["DRIPD_PROGRAM"] { return URL(filePath: other) }
        let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: tests ?? "").deletingLastPathComponent().appending(path: "dripd")
    }()

    static let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    struct Result: Equatable {
        let status: Int32
        let output: String
        let errors: String
    }

    /// Runs a command to its end. Throws once the test's time is over, so that whoever asks until something has happened
    /// does not ask for ever.
    static func run(_ arguments: String..., folder: String? = nil) async throws -> Result {
        try await run(arguments, folder: folder)
    }

    static func run(_ arguments: [String], folder: String? = nil) async throws -> Result {
        try Task.checkCancellation()
        let printed = try TemporaryDirectory()
        let (output, errors) = (printed.path + "/output", printed.path + "/errors")
        let process = try ChildProcess(url.path, arguments, folder: folder, output: output, errors: errors)
        return Result(
            status: await process.exit.code,
            output: try text(of: output),
            errors: try text(of: errors)
        )
    }

    /// With its byte order mark, if it has one: `String(contentsOfFile:)` leaves that out.
    private static func text(of path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }
}
