/// A stable choice: the same inputs give the same result on every machine and in every version. `Hasher` does not,
/// because each process seeds it anew.
package enum StableHash {
    /// Returns the seed for one person's copy of one step.
    package static func of(page: String, address: String, sequence: String, step: String, round: Int) -> UInt64 {
        of([page, address, sequence, step, String(round)])
    }

    package static func of(_ parts: [String]) -> UInt64 {
        // FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/). A byte that UTF-8 never contains separates the parts.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for part in parts {
            for byte in part.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            hash = (hash ^ 0xff) &* 0x100_0000_01b3
        }
        return hash
    }

    /// Returns the same hash as sixteen hexadecimal digits.
    package static func hex(of parts: [String]) -> String {
        let digits = String(of(parts), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Returns an index below `count` for the `index`-th choice under this seed.
    package static func pick(from count: Int, seed: UInt64, index: Int) -> Int {
        // SplitMix64's finalizer: FNV alone gives similar inputs similar low bits.
        var mixed = seed &+ (UInt64(index) &+ 1) &* 0x9e37_79b9_7f4a_7c15
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        mixed ^= mixed >> 31
        return Int(mixed % UInt64(count))
    }
}
