import Testing

@testable import MessengerSandbox

struct RecentEntriesTests {
    @Test func `the newest entries are kept, up to a number and a size`() {
        var log = RecentEntries<Int>(countLimit: 32, byteLimit: 1000)
        for _ in 1...33 { log.append(bytes: 1) { $0 } }
        #expect(log.entries(after: 0, count: 100) == Array(3...33))
        #expect(log[2] == nil && log[3] == 3 && log[33] == 33 && log[34] == nil)
        log.append(bytes: 990) { $0 }
        #expect(log.entries(after: 0, count: 100).last == 34)
        #expect(log.entries(after: 0, count: 100).count <= 11)
        #expect(log.entries(after: 30, count: 2) == [31, 32])
        // At least one, however large it is.
        #expect(log.entries(after: 33, count: 2, bytes: 10) == [34])
    }

    @Test func `entries are changed where they match`() {
        var log = RecentEntries<Int>(countLimit: 4)
        for _ in 1...5 { log.append { $0 } }
        log.change {
            $0 > 3
        } _: {
            $0 *= 10
        }
        #expect(log.entries(after: 0, count: 100) == [2, 3, 40, 50])
        #expect(log.entries(after: 2, count: 100) { $0 > 40 } == [50])
        #expect(log.entries(after: 5, count: 100) == [])
        #expect(log.entries(after: -1, count: 1) == [2])
    }
}
