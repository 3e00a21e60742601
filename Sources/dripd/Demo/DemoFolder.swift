import Foundation
import Glibc

/// The demo's own configuration, secrets and state, removed when the demo ends.
struct DemoFolder {
    let path: String
    let daemonPort: Int
    /// The port of the sandbox's mail server.
    let mailPort: Int
    let appSecret = "demo-app-secret"
    let verifyToken = "demo-verify-token"
    let pageToken = "demo-page-token"
    let page = "1577703145783617"
    static let mailAccount = "shop"

    var configuration: String { path + "/dripd.yaml" }
    var controlSocket: String { path + "/state/control.sock" }
    var log: String { path + "/dripd.log" }

    /// - Parameter sequences: a folder of sequence files; nil for the first sequence of `dripd init`.
    init(sequences: String?) throws {
        var template = Array("/tmp/dripd-demo.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure("cannot create a folder in /tmp: \(String(cString: strerror(errno)))")
        }
        path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        daemonPort = try FreePort.near(8787)
        mailPort = try FreePort.near(0)
        try write("secrets/app_secret", appSecret)
        try write("secrets/verify_token", verifyToken)
        try write("secrets/page_token", pageToken)
        if let sequences {
            try FileManager.default.copyItem(atPath: sequences, toPath: path + "/Sequences")
        } else {
            try write("Sequences/cham-soc.yaml", StarterFiles.sequence)
        }
    }

    /// - Parameter sandboxPort: the port on which the sandbox listens.
    func writeConfiguration(sandboxPort: Int) throws {
        try write(
            "dripd.yaml",
            """
            listen: 127.0.0.1:\(daemonPort)
            state_directory: ./state
            sequences: ./Sequences
            timezone: Asia/Ho_Chi_Minh
            messenger:
              graph_url: http://127.0.0.1:\(sandboxPort)/v25.0
              app_secret: {file: secrets/app_secret}
              verify_token: {file: secrets/verify_token}
              pages:
                - id: "\(page)"
                  token: {file: secrets/page_token}
            public_url: http://127.0.0.1:\(daemonPort)
            email:
              - id: \(Self.mailAccount)
                from: "Shop <care@shop.example>"
                smtp: {url: "smtp://127.0.0.1:\(mailPort)"}
                identity: "Shop, 12 Lê Lợi, Quận 1, TP.HCM"

            """
        )
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }

    private func write(_ name: String, _ content: String) throws {
        let url = URL(filePath: path).appending(path: name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(content.utf8).write(to: url)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: url.path)
    }
}

/// A TCP port of this machine that is not in use.
enum FreePort {
    /// Returns `wanted`, or any other port if that one is taken.
    static func near(_ wanted: Int) throws -> Int {
        if let port = try? bound(wanted) { return port }
        return try bound(0)
    }

    private static func bound(_ port: Int) throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        // The server sets this too, so a lingering connection of an earlier demo does not block the port.
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 ? getsockname(descriptor, pointer, &length) : -1
            }
        }
        guard result == 0 else { throw Failure("cannot find a free port: \(String(cString: strerror(errno)))") }
        return Int(in_port_t(bigEndian: address.sin_port))
    }
}
