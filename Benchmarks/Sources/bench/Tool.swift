import Foundation
import Synchronization

/// A child process that a measurement needs.
struct Tool {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The running processes. Foundation gives each its own process group, so Ctrl-C does not reach them.
    private static let running = Mutex<[Int32]>([])
    /// The temporary folders.
    static let folders = Mutex<Set<String>>([])

    /// Ends this program and its children on SIGINT and SIGTERM, and removes its folders, which may hold gigabytes.
    static func endWithSignals() -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                for child in running.withLock({ $0 }) { kill(child, SIGTERM) }
                for folder in folders.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: folder) }
                exit(128 + number)
            }
            source.resume()
            return source
        }
    }

    let process = Process()
    private let output = Pipe()

    init(_ executable: String, _ arguments: [String], environment: [String: String]? = nil, log: String? = nil) throws {
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments
        if let environment { process.environment = environment }
        process.standardInput = FileHandle.nullDevice
        if let log {
            _ = FileManager.default.createFile(atPath: log, contents: nil)
            let file = FileHandle(forWritingAtPath: log)
            process.standardOutput = file
            process.standardError = file
        } else {
            process.standardOutput = output
        }
        try process.run()
        Self.running.withLock { $0.append(process.processIdentifier) }
    }

    /// Waits for the end of the process and returns its output.
    func text() throws -> String {
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        wait()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "\(process.arguments ?? []) ended with status \(process.terminationStatus)")
        }
        return String(decoding: data, as: UTF8.self)
    }

    func end() {
        process.terminate()
        wait()
    }

    private func wait() {
        process.waitUntilExit()
        Self.running.withLock { $0.removeAll { $0 == process.processIdentifier } }
    }

    static func run(_ executable: String, _ arguments: String...) throws -> String {
        try Tool(executable, arguments).text()
    }
}

/// Returns the seconds of a monotonic clock.
func seconds() -> Double {
    Double(DispatchTime.now().uptimeNanoseconds) / 1e9
}

/// Returns the milliseconds since 1970.
func milliseconds() -> Int64 {
    Int64(Date().timeIntervalSince1970 * 1000)
}
