import DripCore

/// Faults of the machine and the page.
extension World {
    func begin(_ trouble: Trouble) async {
        note(nil, trouble.rawValue)
        switch trouble {
        case .fullDisk: await setFullDisk(true)
        case .deadToken: platform.setToken(isDead: true)
        case .restricted: platform.setRestricted(true)
        }
    }

    func end(_ trouble: Trouble) async {
        note(nil, "no longer: \(trouble.rawValue)")
        switch trouble {
        case .fullDisk: await setFullDisk(false)
        case .deadToken: platform.setToken(isDead: false)
        case .restricted: platform.setRestricted(false)
        }
    }

    func setFullDisk(_ isFull: Bool) async {
        guard let daemon else { return }
        fullDisk = isFull
        do {
            try await daemon.refuseWrites(isFull)
        } catch {
            fail(nil, "the disk cannot be filled: \(error)")
        }
    }
}

extension World {
    enum Trouble: String {
        case fullDisk = "the disk is full"
        case deadToken = "the token is dead"
        case restricted = "the page is restricted"
    }
}

/// A violated rule, with the trace of its person and the command that repeats the run.
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
