/// Work of many rows is written in several transactions, so that a webhook or an outcome waits for one of them and not for all.
/// Each takes some ten milliseconds, on a machine that is slower than most.
enum WriteSlices {
    static let importedPeople = 1000
    static let taggedPeople = 200
    /// Of one webhook: the platform repeats all of it where a later slice failed, and what is stored already changes nothing.
    static let events = 64
}

extension Array {
    /// The elements in order, so many at a time.
    func slices(of count: Int) -> [[Element]] {
        stride(from: 0, to: self.count, by: count).map { Array(self[$0..<Swift.min($0 + count, self.count)]) }
    }
}
