import Channels
import ControlAPI
import DripCore
import DripEngine
import Foundation
import MessengerSandbox
import TestSupport
import Testing

/// A disk that gives back what was not written, with the real binary: the way back that it tells is one.
@Suite(.timeLimit(.minutes(2))) struct DamageTests {
    private static let sequence = """
        sequence: hello
        title: Hello
        start: [first_message]
        steps:
          - {step: one, after: 10 min, text: One}
          - {step: two, after: 20 hours, text: Two}
        """

    @Test func `a damaged database is refused, and the backup in its place starts on hold`() async throws {
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1200)
        try await shop.start()
        try shop.sandbox.write(as: "1001", name: nil, text: "Hello", ref: nil)
        for await entry in shop.sandbox.feed(after: 0) where entry.direction == .outgoing { break }
        let (state, backup) = (shop.folder + "/state", shop.folder + "/backup.db")
        let made = try await Program.run("backup", backup, "--state", state)
        #expect(made.status == 0, "\(made)")
        #expect(await shop.end(SIGTERM) == 0)
        let sent = shop.sandbox.messages(after: 0, of: "1001").count

        // A log would have what was copied out of it, and would be taken for it.
        #expect(!FileManager.default.fileExists(atPath: state + "/dripd.db-wal"))
        let database = try FileHandle(forUpdating: URL(filePath: state + "/dripd.db"))
        let size = try database.seekToEnd()
        try database.seek(toOffset: 4096)
        try database.write(contentsOf: Data(repeating: 0xaa, count: Int(size) - 4096))
        try database.close()
        #expect(try await shop.refusal() == 1)
        #expect(shop.log.contains("Error: \(state)/dripd.db is damaged: database disk image is malformed. Stop dripd "))
        #expect(shop.log.contains("and put a backup in its place: dripd restore FILE"))

        let restored = try await Program.run("restore", backup, "--state", state)
        #expect(restored.status == 0, "\(restored)")
        try await shop.start()
        let status: Status = try await shop.ask("status")
        #expect(status.hold?.reason == .restored)
        #expect(try await shop.get("/readyz").status == 503)
        #expect(shop.sandbox.messages(after: 0, of: "1001").count == sent)
        #expect(await shop.end(SIGTERM) == 0)
    }
}
