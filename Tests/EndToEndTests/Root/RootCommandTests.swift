import ChildProcesses
import Foundation
import Glibc
import TestSupport
import Testing

/// Commands of root that write files, or take what they find, in directories of another user.
@Suite(ServiceFolder.isPossible, .timeLimit(.minutes(2)))
struct RootCommandTests {
    @Test(arguments: ["secrets", "Sequences"])
    func `init makes nothing where a link leads`(name: String) async throws {
        let service = try await ServiceFolder()
        let ours = service.directory.path + "/ours"
        try #require(mkdir(ours, 0o755) == 0)
        try #require(symlink(ours, service.path + "/" + name) == 0)
        try #require(lchown(service.path + "/" + name, ServiceFolder.user, ServiceFolder.user) == 0)
        let made = try await Program.run("init", service.path)
        #expect(made.status == 1)
        #expect(made.errors.hasPrefix("Error: cannot write \(service.path)/\(name): "), "\(made.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: ours) == [])
        var facts = stat()
        #expect(stat(ours, &facts) == 0 && facts.st_mode & 0o777 == 0o755)
    }

    @Test(arguments: ["dripd.yaml", ".gitignore", "secrets/README"], [ServiceFolder.Plant.link, .linkToNothing])
    func `init writes into no file that is planted`(name: String, plant: ServiceFolder.Plant) async throws {
        let service = try await ServiceFolder()
        if name.contains("/") { try #require(mkdir(service.path + "/secrets", 0o700) == 0) }
        try service.plant(plant, at: name)
        #expect(try await Program.run("init", service.path).status == 1)
        #expect(service.damage == nil)
    }

    @Test func `a picture takes the place of a link, and not of what it leads to`() async throws {
        let service = try await ServiceFolder()
        for plant in [ServiceFolder.Plant.link, .linkToNothing, .secondName, .pipe, .folder] {
            let name = "\(plant).svg"
            try service.plant(plant, at: name)
            let made = try await Program.run(
                "link",
                "x",
                "--any",
                "--page",
                "shop",
                "--output",
                service.path + "/" + name
            )
            #expect(made.status == (plant == .secondName ? 0 : 1), "\(plant) \(made)")
            #expect(service.damage == nil)
        }
        let made = try await Program.run("link", "x", "--any", "--page", "shop", "--output", service.path + "/new.svg")
        #expect((made.status, made.output) == (0, "wrote \(service.path)/new.svg\n"))
    }

    @Test func `root does not take another user's configuration from the folder that it is in`() async throws {
        let service = try await ServiceFolder()
        #expect(try await Program.run("init", service.path).status == 0)
        for name in ["dripd.yaml", "secrets", "Sequences"] {
            try #require(chown(service.path + "/" + name, ServiceFolder.user, ServiceFolder.user) == 0)
        }
        let why =
            "Error: dripd.yaml belongs to user 61234, so root does not use it by default; to use it, name it: --config ./dripd.yaml\n"
        for command in [["status"], ["doctor", "--offline"], ["restore", service.backup], ["run"]] {
            let refused = try await Program.run(command, folder: service.path)
            #expect((refused.status, refused.errors) == (1, why), "\(command)")
        }
        let named = try await Program.run("doctor", "--offline", "--config", "./dripd.yaml", folder: service.path)
        #expect(named.output.contains("ok       configuration  ./dripd.yaml\n"))
    }

    @Test func `an order of root's reaches no other program's socket`() async throws {
        let service = try await ServiceFolder()
        let server = try ScriptedSocket(at: service.directory.path + "/other.sock")
        let path = service.path + "/control.sock"
        try #require(symlink(service.directory.path + "/other.sock", path) == 0)
        try #require(lchown(path, ServiceFolder.user, ServiceFolder.user) == 0)
        let asked = try await Program.run("status", "--control-socket", path)
        #expect(asked.status == 1)
        #expect(
            asked.errors
                == "Error: cannot use \(path): 'control.sock' is a symbolic link that user 61234 controls, and root "
                + "does not follow it\n"
        )
        #expect(!server.wasConnectedTo)
        try Data().write(to: URL(filePath: service.path + "/file.sock"))
        let file = try await Program.run("status", "--control-socket", service.path + "/file.sock")
        #expect(file.errors == "Error: cannot use \(service.path)/file.sock: is not a socket\n")
    }

    /// Of the same user, too: a program that runs beside it in a container.
    @Test func `no core file and no other process shows the daemon's memory`() async throws {
        let service = try await ServiceFolder()
        #expect(try await Program.run("init", service.path).status == 0)
        for name in ["app_secret", "verify_token", "page_token"] {
            let secret = URL(filePath: service.path + "/secrets/" + name)
            try Data("0123456789abcdef0123456789abcdef".utf8).write(to: secret)
        }
        let yaml = try String(contentsOfFile: service.path + "/dripd.yaml", encoding: .utf8)
            .replacing("graph.facebook.com", with: "graph.invalid")
            .replacing("127.0.0.1:8787", with: "127.0.0.1:\(try FreePort.any())")
        try Data(yaml.utf8).write(to: URL(filePath: service.path + "/dripd.yaml"))
        try #require(chmod(service.directory.path, 0o711) == 0)
        let given = try ChildProcess(
            "/bin/chown",
            ["-R", "61234:61234", service.path],
            output: "/dev/null",
            errors: "/dev/null"
        )
        try #require(await given.exit == .status(0))
        let log = service.directory.path + "/log"
        let daemon = try ChildProcess(
            "/usr/bin/setpriv",
            [
                "--reuid=61234", "--regid=61234", "--clear-groups", Program.url.path, "run", "--config",
                service.path + "/dripd.yaml",
            ],
            output: log,
            errors: log
        )
        defer { daemon.signal(SIGKILL) }
        let socket = service.path + "/state/control.sock"
        while try await Program.run("status", "--control-socket", socket).status != 0 {}
        let process = try String(contentsOfFile: service.path + "/state/dripd.lock", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        // The kernel gives these to root where a process may not be looked into.
        var facts = stat()
        try #require(stat("/proc/\(process)/environ", &facts) == 0)
        #expect(facts.st_uid == 0)
        let limits = try String(contentsOfFile: "/proc/\(process)/limits", encoding: .utf8)
        #expect(limits.contains(/Max core file size +0 +0/))
        daemon.signal(SIGTERM)
        #expect(await daemon.exit == .status(0))
    }

    /// An author of sequences owns that folder, and root installs into it.
    @Test func `an installation writes through no link of the folder of sequences`() async throws {
        let service = try await ServiceFolder()
        let root = service.directory.path + "/root"
        let sequences = root + "/etc/dripd/Sequences"
        try FileManager.default.createDirectory(atPath: sequences, withIntermediateDirectories: true)
        try #require(symlink(service.victim, sequences + "/sequence.schema.json") == 0)
        try #require(symlink(service.victim, sequences + "/cham-soc.yaml") == 0)
        try #require(lchown(sequences, ServiceFolder.user, ServiceFolder.user) == 0)
        let made = try ChildProcess(
            "/usr/bin/make",
            ["install-files", "DESTDIR=" + root, "PROGRAM=" + Program.url.path, "SYSTEMD_VERSION=252"],
            folder: Program.project.path,
            output: "/dev/null",
            errors: "/dev/null"
        )
        #expect(await made.exit == .status(0))
        #expect(service.damage == nil)
    }
}

/// Listens, and tells whether anybody has connected.
private final class ScriptedSocket {
    private let descriptor: Int32

    init(at path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0 && listen(descriptor, 4) == 0)
    }

    deinit {
        close(descriptor)
    }

    var wasConnectedTo: Bool {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&poll, 1, 0) == 1
    }
}
