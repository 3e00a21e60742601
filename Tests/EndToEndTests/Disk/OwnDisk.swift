import Foundation
import Testing

/// A disk in memory that holds a shop's state, in a mount namespace of its daemon's own.
struct OwnDisk {
    /// The namespace's first process is the daemon's, which knows no other.
    private let processFile: String
    let path: String

    init(of shop: Shop) throws {
        path = shop.folder + "/disk"
        processFile = shop.folder + "/process"
        for folder in [path, shop.folder + "/state"] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        }
        let configuration = try String(contentsOfFile: shop.configuration, encoding: .utf8)
        try shop.write(
            "state_directory: \(path)\ncontrol_socket: \(shop.folder)/state/control.sock\n" + configuration,
            to: "dripd.yaml"
        )
    }

    /// What becomes the daemon.
    /// - Parameter options: of mount(8).
    func launcher(options: String) -> [String] {
        let script = "mount -t tmpfs -o \"$0\" tmpfs \"$1\" && echo $$ > \"$2\" && shift 2 && exec \"$@\""
        return ["/usr/bin/unshare", "-Urm", "/bin/sh", "-c", script, options, path, processFile]
    }

    private var filler: URL {
        get throws {
            let process = try String(contentsOfFile: processFile, encoding: .utf8)
            return URL(filePath: "/proc/\(process.trimmingCharacters(in: .whitespacesAndNewlines))/root\(path)/filler")
        }
    }

    /// Leaves no page of it free.
    func fill() throws {
        let filler = try filler
        try Data().write(to: filler)
        let file = try FileHandle(forWritingTo: filler)
        defer { try? file.close() }
        #expect(throws: (any Error).self) {
            while true { try file.write(contentsOf: Data(count: 4096)) }
        }
    }

    func makeRoom() throws {
        try FileManager.default.removeItem(at: try filler)
    }
}
