/// What went wrong, with what happened to the person whom it concerns, and how to see it again.
struct Failure: Error, CustomStringConvertible {
    let seed: UInt64
    let what: String
    let person: String?
    let trace: [String]

    var description: String {
        "seed \(seed): \(what)\nagain: make simulate SEEDS=\(seed)...\(seed)\n"
            + trace.map { "  \($0)" }.joined(separator: "\n")
    }
}
