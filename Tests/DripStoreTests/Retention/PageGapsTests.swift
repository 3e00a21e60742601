import DripCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import DripStore

@Suite struct PageGapsTests {
    /// Source: https://www.sqlite.org/fileformat2.html#b_tree_pages
    private static let headers: [UInt8: Int] = [0x02: 12, 0x05: 12, 0x0A: 8, 0x0D: 8]
    private static let mark = Data("left over".utf8)

    @Test func `the gap of a page of any kind is overwritten, and no row is lost`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        for person in 1...300 { try await state.ingest(.message("\(person)", from: "\(person)"), now: .start) }
        try await state.store.pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        try state.store.close()
        let file = URL(filePath: state.store.path)
        var bytes = try Data(contentsOf: file)
        var marked: Set<UInt8> = []
        for page in stride(from: 0, to: bytes.count, by: 4096) {
            let header = page == 0 ? 100 : 0
            let kind = bytes[page + header]
            guard let length = Self.headers[kind] else { continue }
            func number(_ place: Int) -> Int {
                Int(bytes[page + header + place]) << 8 | Int(bytes[page + header + place + 1])
            }
            let (gap, cells) = (header + length + 2 * number(3), number(5))
            guard cells - gap >= Self.mark.count else { continue }
            bytes.replaceSubrange(page + cells - Self.mark.count..<page + cells, with: Self.mark)
            marked.insert(kind)
        }
        #expect(marked == Set(Self.headers.keys))
        try bytes.write(to: file)

        let gaps = PageGaps(path: state.store.path)
        #expect(try gaps.wipe(from: 0, count: nil).isChanged)
        gaps.release()
        #expect(try Data(contentsOf: file).firstRange(of: Self.mark) == nil)
        let database = try DatabaseQueue(path: state.store.path)
        let (check, people) = try await database.read { db in
            (
                try String.fetchAll(db, sql: "PRAGMA integrity_check"),
                try Int.fetchOne(db, sql: "SELECT count(*) FROM person")
            )
        }
        #expect((check, people) == (["ok"], 300))
    }
}
