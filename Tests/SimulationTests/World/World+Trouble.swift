import DripCore

/// What goes wrong with the machine and the page.
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
