import DripCore
import Foundation
import Glibc
import TestSupport
import Testing

@testable import DripStore

/// A copy of the state directory that is put back after a step was sent, by the tools that people use.
@Suite struct StateCopyBackTests {
    /// How a copy is made and put back. `$state` and `$copy` are the directories; `$copy` does not exist before.
    struct Way: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let copy: String
        let putBack: String
    }

    static let ways = [
        Way(
            testDescription: "tar, unpacked over the files",
            copy: "tar -C $state -cf $copy.tar .",
            putBack: "tar -C $state -xf $copy.tar"
        ),
        Way(
            testDescription: "tar, into the emptied directory",
            copy: "tar -C $state -czf $copy.tgz .",
            putBack: "rm -f $state/*; tar -C $state -xzf $copy.tgz"
        ),
        Way(
            testDescription: "tar that overwrites in place",
            copy: "tar -C $state -cf $copy.tar .",
            putBack: "tar -C $state --overwrite -xf $copy.tar"
        ),
        Way(testDescription: "cp -a, over the files", copy: "cp -a $state $copy", putBack: "cp -a $copy/. $state/"),
        Way(
            testDescription: "cp -a, into the emptied directory",
            copy: "cp -a $state $copy",
            putBack: "rm -f $state/*; cp -a $copy/. $state/"
        ),
        Way(
            testDescription: "cp, over the files, without their times",
            copy: "cp -r $state $copy",
            putBack: "cp -r $copy/. $state/"
        ),
        Way(
            testDescription: "the directory is replaced",
            copy: "cp -a $state $copy",
            putBack: "rm -r $state; mv $copy $state"
        ),
        Way(
            testDescription: "bytes are written into the files that are there",
            copy: "cp -a $state $copy",
            putBack: "for f in $copy/*; do cat $f > $state/${f##*/}; done"
        ),
        Way(
            testDescription: "as rsync does: a draft that is renamed, extra files removed",
            copy: "cp -a $state $copy",
            putBack: """
                for f in $copy/*; do cp -p $f $state/.draft; mv $state/.draft $state/${f##*/}; done
                for f in $state/*; do [ -e $copy/${f##*/} ] || rm $f; done
                """
        ),
        Way(
            testDescription: "as rsync --inplace --delete does",
            copy: "cp -a $state $copy",
            putBack: """
                for f in $copy/*; do cat $f > $state/${f##*/}; touch -r $f $state/${f##*/}; done
                for f in $state/*; do [ -e $copy/${f##*/} ] || rm $f; done
                """
        ),
        Way(
            testDescription: "hard links out of the copy",
            copy: "cp -a $state $copy",
            putBack: "rm -f $state/*; cp -al $copy/. $state/"
        ),
    ]

    @Test(arguments: ways, [false, true])
    func `a copy that is put back sends nothing`(way: Way, isLive: Bool) async throws {
        let due = Instant.start + .minutes(15)
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: .start)
        _ = try await state.store.recover(now: .start)
        // The daemon stops for a cold copy, and starts again.
        let scratch = try TemporaryDirectory()
        if !isLive { try state.store.close() }
        try await state.run(way.copy, scratch)
        if !isLive { try await state.reopen([.make(steps: .care)], now: .start) }
        #expect(state.store.hold == nil)
        try await state.send(now: due)
        try state.store.close()

        try await state.run(way.putBack, scratch)
        try await state.reopen([.make(steps: .care)], now: due)
        _ = try await state.store.recover(now: due)
        #expect(state.store.hold != nil)
        #expect(try await state.claim(now: due).isEmpty)

        _ = try await state.store.adoptState(sendingMissed: false, now: due)
        try await state.reopen([.make(steps: .care)], now: due)
        #expect(state.store.hold == nil)
        #expect(try await state.claim(now: due).isEmpty)
        #expect(try FenceFile.paths(in: state.directory.path).count == 1)
    }

    @Test func `a file of an earlier dripd goes on, once, and becomes one that no copy passes for`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: .start)
        try state.store.close()
        try writeFirstForm(in: state)
        try state.reopen()
        #expect(state.store.hold == nil)
        #expect(state.fence.hasSuffix("/dripd.fence-4"))
        try state.reopen()
        #expect(state.store.hold == nil)
    }

    @Test func `an inode that is given out again does not make a copy the original`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: .start)
        try state.store.close()
        let content = try String(contentsOfFile: state.fence, encoding: .utf8)
        var words = content.split(separator: "\n")[0].split(separator: " ").map(String.init)
        let birth = try #require(words[2].split(separator: ".").last.flatMap { Int64($0) })
        words[2] = words[2].replacing("\(birth)", with: "\(birth - 1)")
        let line = (words[..<4] + [StableHash.hex(of: Array(words[..<4]))]).joined(separator: " ")
        try Data((line + "\n").utf8).write(to: URL(filePath: state.fence), options: [])
        try state.reopen()
        #expect(state.store.hold?.reason == .copiedFolder)
    }

    /// As dripd 0.1 wrote it, with the epoch of the last start.
    private func writeFirstForm(in state: TemporaryStore) throws {
        let path = state.directory.path + "/dripd.fence"
        #expect(rename(state.fence, path) == 0)
        var facts = stat()
        #expect(stat(path, &facts) == 0)
        let epoch = FileManager.default.contents(atPath: path)
            .map { String(decoding: $0, as: UTF8.self).split(separator: " ")[3] }
        let words = ["dripd-fence-1", "test", "\(facts.st_ino)", String(try #require(epoch))]
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: Data(((words + [StableHash.hex(of: words)]).joined(separator: " ") + "\n").utf8))
        try file.close()
    }
}
