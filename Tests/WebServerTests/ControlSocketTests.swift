import Foundation
import Glibc
import TestSupport
import Testing

@testable import WebServer

/// Whose the control socket is.
@Suite struct ControlSocketTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path + "/control.sock" }

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// A listening socket, as the server binds one.
    private static func listen(_ path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0, Glibc.listen(descriptor, 8) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        return descriptor
    }

    private func failure(_ group: String? = nil) throws -> String {
        let failure = try #require(throws: ControlSocket.Failure.self) {
            try ControlSocket(path: path, group: group).end(nil)
        }
        return failure.description.replacing(directory.path, with: "T")
    }

    @Test func `it takes its place with its rights, and goes with the daemon`() throws {
        let control = try ControlSocket(path: path, group: nil)
        let listener = try Self.listen(control.draft)
        defer { close(listener) }
        #expect(!FileManager.default.fileExists(atPath: path))
        try control.publish()
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        #expect(!FileManager.default.fileExists(atPath: control.draft))
        control.end(control.identity)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `one at which a daemon answers is refused, whether or not that one knows of the lock`() throws {
        let first = try ControlSocket(path: path, group: nil)
        let text =
            "another dripd answers at T/control.sock: stop it first, or give this one a control_socket of its own"
        #expect(try failure() == text)
        first.end(nil)
        let stranger = try Self.listen(path)
        #expect(try failure() == text)
        close(stranger)
        // Left over, as by kill -9.
        #expect(FileManager.default.fileExists(atPath: path))
        let second = try ControlSocket(path: path, group: nil)
        second.end(nil)
    }

    @Test func `one that another daemon has put in its place stays`() throws {
        let control = try ControlSocket(path: path, group: nil)
        let listener = try Self.listen(control.draft)
        defer { close(listener) }
        try control.publish()
        let own = control.identity
        #expect(unlink(path) == 0)
        let stranger = try Self.listen(path)
        defer { close(stranger) }
        control.end(own)
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test func `a file that is no socket stays, too`() throws {
        try Data("mine".utf8).write(to: URL(filePath: path))
        #expect(try failure() == "T/control.sock is not a socket: remove it, or set another 'control_socket'")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
    }

    @Test func `the members of a group may ask`() throws {
        let group = String(getegid())
        let control = try ControlSocket(path: path, group: group)
        let listener = try Self.listen(control.draft)
        defer { close(listener) }
        try control.publish()
        let facts = try FileManager.default.attributesOfItem(atPath: path)
        #expect(facts[.posixPermissions] as? Int == 0o660)
        #expect(facts[.groupOwnerAccountID] as? Int == Int(getegid()))
        control.end(control.identity)
    }

    @Test func `a group that there is not is named`() throws {
        #expect(
            try failure("no-such-group")
                == "control_group: there is no group 'no-such-group': groupadd -r no-such-group"
        )
    }

    @Test func `a directory that there is not`() throws {
        let failure = try #require(throws: ControlSocket.Failure.self) {
            _ = try ControlSocket(path: directory.path + "/gone/control.sock", group: nil)
        }
        #expect(
            failure.description == "cannot listen on \(directory.path)/gone/control.sock: No such file or directory"
        )
    }
}
