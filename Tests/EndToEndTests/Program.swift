import Foundation

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
        let output = Pipe()
        let errors = Pipe()
        let process = Process()
        process.executableURL = url
        process.arguments = arguments
        process.currentDirectoryURL = folder.map { URL(filePath: $0) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        return try await withCheckedThrowingContinuation { continuation in
            // Reading to the end blocks, and so must not hold up a thread that tests share.
            Thread.detachNewThread {
                do {
                    try process.run()
                    let printed = try output.fileHandleForReading.readToEnd() ?? Data()
                    let complaints = try errors.fileHandleForReading.readToEnd() ?? Data()
                    process.waitUntilExit()
                    continuation.resume(
                        returning: Result(
                            status: process.terminationStatus,
                            output: String(decoding: printed, as: UTF8.self),
                            errors: String(decoding: complaints, as: UTF8.self)
                        )
                    )
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }
}
