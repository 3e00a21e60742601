import DripStore
import Foundation
import Glibc

/// The machine's users.
enum SystemUser {
    /// Who logged in to the session that this process is of, whoever it runs as by now: the kernel keeps it (`pam_loginuid`); else
    /// what sudo says; else whose this process is.
    static var login: UInt32 {
        // The kernel's "unset" is the greatest number.
        if let text = try? String(contentsOfFile: "/proc/self/loginuid", encoding: .utf8),
            let uid = UInt32(text.trimmingCharacters(in: .whitespacesAndNewlines)), uid != .max
        {
            return uid
        }
        return ProcessInfo.processInfo.environment["SUDO_UID"].flatMap { UInt32($0) } ?? getuid()
    }

    /// This process, as the daemon would see it.
    static var peer: AuditPeer {
        let uid = getuid()
        return AuditPeer(uid: uid, gid: getgid(), pid: getpid(), login: login == uid ? nil : login)
    }

    /// nil where the machine has no user of that number.
    static func name(of uid: UInt32) -> String? {
        lookUp { entry, buffer, count, result in
            getpwuid_r(uid, entry, buffer, count, result)
        }.map { $0.name }
    }

    /// - Parameter text: a name or a number.
    /// - Returns: nil where there is no such user.
    static func uid(of text: String) -> UInt32? {
        if let number = UInt32(text) { return number }
        return lookUp { entry, buffer, count, result in
            getpwnam_r(text, entry, buffer, count, result)
        }.map { $0.uid }
    }

    private static func lookUp(
        _ ask: (
            UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
            UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
        ) -> CInt
    ) -> (name: String, uid: UInt32)? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16_384) { buffer in
            var entry = passwd()
            var result: UnsafeMutablePointer<passwd>?
            guard let start = buffer.baseAddress, ask(&entry, start, buffer.count, &result) == 0, result != nil,
                let name = entry.pw_name
            else { return nil }
            return (String(cString: name), entry.pw_uid)
        }
    }
}
