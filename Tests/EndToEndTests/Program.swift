import Foundation
import TestSupport

/// The real binary, which the build puts beside the tests.
enum Program {
    static let url: URL = {
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

    /// Runs a command to its end.
    static func run(_ arguments: String..., folder: String? = nil) async throws -> Result {
        try await run(arguments, folder: folder)
    }

    static func run(_ arguments: [String], folder: String? = nil) async throws -> Result {
        // Into files, and not through pipes: a child of another test that inherits a pipe keeps it open until its own end,
        // and who reads to the end waits for that.
        let printed = try TemporaryDirectory()
        let output = try printed.newFile("output")
        let errors = try printed.newFile("errors")
        let process = Process()
        process.executableURL = url
        process.arguments = arguments
        process.currentDirectoryURL = folder.map { URL(filePath: $0) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        return try await withCheckedThrowingContinuation { continuation in
            // Waiting blocks, and so must not hold up a thread that tests share.
            Thread.detachNewThread {
                do {
                    try process.runAlone()
                    process.waitUntilExit()
                    continuation.resume(
                        returning: Result(
                            status: process.terminationStatus,
                            output: try printed.text(of: "output"),
                            errors: try printed.text(of: "errors")
                        )
                    )
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }
}

extension TemporaryDirectory {
    fileprivate func newFile(_ name: String) throws -> FileHandle {
        let url = URL(filePath: path + "/" + name)
        try Data().write(to: url)
        return try FileHandle(forWritingTo: url)
    }

    fileprivate func text(of name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path + "/" + name)), as: UTF8.self)
    }
}
