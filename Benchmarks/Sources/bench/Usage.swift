import Foundation

/// What the system says of a process.
struct Usage {
    let cpu: Double
    let switches: Int
    let residentBytes: Int

    init(of process: Int32) throws {
        // With what its threads used that are over.
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(process, &clock) == 0, clock_gettime(clock, &time) == 0 else {
            throw Tool.Failure(description: "process \(process) is gone")
        }
        cpu = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        var switches = 0
        for task in try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task") {
            // It may end while it is looked at.
            let status = try? String(contentsOfFile: "/proc/\(process)/task/\(task)/status", encoding: .utf8)
            for line in (status ?? "").split(separator: "\n") where line.hasPrefix("voluntary_ctxt_switches") {
                switches += line.split(separator: "\t").last.flatMap { Int($0) } ?? 0
            }
        }
        self.switches = switches
        let memory = try String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8).split(separator: " ")
        residentBytes = (Int(memory[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
