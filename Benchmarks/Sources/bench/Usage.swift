import Foundation

/// A process's resource usage.
struct Usage {
    let cpu: Double
    /// Voluntary context switches per thread.
    private let switches: [String: Int]
    let residentBytes: Int

    init(of process: Int32) throws {
        // Includes threads that have ended.
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(process, &clock) == 0, clock_gettime(clock, &time) == 0 else {
            throw Tool.Failure(description: "process \(process) is gone")
        }
        cpu = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        var switches: [String: Int] = [:]
        for task in try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task") {
            // The thread may end meanwhile.
            let status = try? String(contentsOfFile: "/proc/\(process)/task/\(task)/status", encoding: .utf8)
            for line in (status ?? "").split(separator: "\n") where line.hasPrefix("voluntary_ctxt_switches") {
                switches[task] = line.split(separator: "\t").last.flatMap { Int($0) }
            }
        }
        self.switches = switches
        let memory = try String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8).split(separator: " ")
        residentBytes = (Int(memory[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Returns how often its threads woke up since then, without threads that ended meanwhile.
    func wakeUps(since earlier: Usage) -> Int {
        switches.reduce(0) { $0 + $1.value - (earlier.switches[$1.key] ?? 0) }
    }
}
