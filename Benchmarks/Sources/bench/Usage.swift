import Foundation

/// What the system says of a process.
struct Usage {
    let cpu: Double
    /// Of each of its threads, how often it went to sleep.
    private let switches: [String: Int]
    let residentBytes: Int

    init(of process: Int32) throws {
        // With what its threads used that are over.
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(process, &clock) == 0, clock_gettime(clock, &time) == 0 else {
            throw Tool.Failure(description: "process \(process) is gone")
        }
        cpu = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        var switches: [String: Int] = [:]
        for task in try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task") {
            // It may end while it is looked at.
            let status = try? String(contentsOfFile: "/proc/\(process)/task/\(task)/status", encoding: .utf8)
            for line in (status ?? "").split(separator: "\n") where line.hasPrefix("voluntary_ctxt_switches") {
                switches[task] = line.split(separator: "\t").last.flatMap { Int($0) }
            }
        }
        self.switches = switches
        let memory = try String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8).split(separator: " ")
        residentBytes = (Int(memory[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// How often its threads woke up since then; one that ended meanwhile is not counted.
    func wakeUps(since earlier: Usage) -> Int {
        switches.reduce(0) { $0 + $1.value - (earlier.switches[$1.key] ?? 0) }
    }
}
