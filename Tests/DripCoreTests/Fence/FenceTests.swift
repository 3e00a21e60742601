import DripCore
import TestSupport
import Testing

@Suite struct FenceTests {
    private let here = "0f0e"

    @Test func `a state that nobody touched goes on`() {
        #expect(reason(file: 7, database: 7) == nil)
    }

    @Test func `a process that ended between the database and the file leaves the database ahead by one`() {
        #expect(reason(file: 7, database: 8) == nil)
    }

    @Test func `a database that is behind the file is an older copy, by however little`() {
        #expect(reason(file: 7, database: 6) == .olderCopy)
        #expect(reason(file: 700, database: 1) == .olderCopy)
    }

    @Test func `no end of a process leaves the database ahead by two`() {
        #expect(reason(file: 7, database: 9) == .olderFile)
    }

    @Test func `a file that is missing, damaged, copied or another's holds a database with people in it`() {
        let record = record(epoch: 7)
        #expect(Fence.reasonToHold(.missing, record, machine: here) == .fileMissing)
        #expect(Fence.reasonToHold(.unreadable, record, machine: here) == .fileUnreadable)
        #expect(Fence.reasonToHold(file(7, isOriginal: false), record, machine: here) == .copiedFolder)
        #expect(Fence.reasonToHold(file(7, of: "other"), record, machine: here) == .anotherDatabase)
    }

    @Test func `another machine holds it, whatever the file says`() {
        for file in [file(7), .missing, .unreadable] {
            #expect(Fence.reasonToHold(file, record(epoch: 7), machine: "beef") == .anotherMachine)
        }
    }

    @Test func `where either machine is unknown, none is another`() {
        #expect(Fence.reasonToHold(file(7), record(epoch: 7), machine: nil) == nil)
        #expect(Fence.reasonToHold(file(7), record(epoch: 7, machine: nil), machine: here) == nil)
    }

    @Test func `a database that nobody is in goes on beside whatever lies there`() {
        let files = [
            Fence.File.missing, .unreadable, file(0), file(1), file(7, isOriginal: false), file(7, of: "old"),
        ]
        for file in files {
            for epoch in [nil, 1] as [Int64?] {
                let record = record(epoch: epoch, isEmpty: true)
                #expect(Fence.reasonToHold(file, record, machine: "beef") == nil, "\(file), \(epoch ?? -1)")
            }
        }
    }

    @Test func `a copy from before the first person is a copy: a walk would find again to whom was sent`() {
        let record = record(epoch: 1, isEmpty: true)
        #expect(Fence.reasonToHold(file(2), record, machine: here) == .olderCopy)
    }

    @Test func `a database of an earlier dripd is taken as it is, also when the first attempt at it was cut short`() {
        #expect(Fence.reasonToHold(.missing, record(epoch: nil), machine: here) == nil)
        #expect(Fence.reasonToHold(file(0), record(epoch: nil), machine: here) == nil)
    }

    @Test func `a database of an earlier dripd beside a file that has counted is an older copy`() {
        #expect(Fence.reasonToHold(file(1), record(epoch: nil), machine: here) == .olderCopy)
        #expect(Fence.reasonToHold(file(1, of: "other"), record(epoch: nil), machine: here) == .anotherDatabase)
        #expect(Fence.reasonToHold(.unreadable, record(epoch: nil), machine: here) == .fileUnreadable)
    }

    @Test
    func `what replaces its successor may have been sent until it was found; of a clone the original may be at work`() {
        let (noticed, now) = (Instant.start, Instant.start + .hours(3))
        for reason in Hold.Reason.allCases {
            let hold = Hold(reason: reason, copiedAt: nil, noticedAt: noticed)
            let expected = [.olderCopy, .restored].contains(reason) ? noticed : now
            #expect(hold.sentElsewhereUntil(now: now) == expected, "\(reason)")
        }
    }

    private func reason(file epoch: Int64, database: Int64) -> Hold.Reason? {
        Fence.reasonToHold(file(epoch), record(epoch: database), machine: here)
    }

    private func file(_ epoch: Int64, of instance: String = "shop", isOriginal: Bool = true) -> Fence.File {
        .present(instance: instance, epoch: epoch, isOriginal: isOriginal)
    }

    private func record(epoch: Int64?, isEmpty: Bool = false, machine: String? = "0f0e") -> Fence.Record {
        Fence.Record(instance: "shop", isEmpty: isEmpty, epoch: epoch, machine: machine)
    }
}
