import DequeModule
import Glibc

/// The jobs to run: those that are ready, urgent ones first and otherwise in order of arrival, and those that are delayed.
struct TaskQueue<Job> {
    private var urgent = Deque<Job>()
    private var patient = Deque<Job>()
    /// The delayed jobs, the latest first: the next one is removed from the end.
    private var later: [(moment: MonotonicInstant, isUrgent: Bool, job: Job)] = []
    /// Urgent jobs taken since the last patient one.
    private var urgentStreak = 0

    /// After this many urgent jobs in a row a patient job runs.
    static var mostInARow: Int { 16 }

    /// The time of the next delayed job.
    var nextMoment: MonotonicInstant? { later.last?.moment }

    mutating func add(_ job: Job, isUrgent: Bool) {
        if isUrgent { urgent.append(job) } else { patient.append(job) }
    }

    /// Adds a delayed job. Jobs of the same moment run in order of arrival.
    mutating func add(_ job: Job, isUrgent: Bool, at moment: MonotonicInstant) {
        let place = later.firstIndex { $0.moment <= moment } ?? later.endIndex
        later.insert((moment, isUrgent, job), at: place)
    }

    mutating func next(now: @autoclosure () -> MonotonicInstant) -> Job? {
        if !later.isEmpty {
            let now = now()
            while let first = later.last, first.moment <= now {
                later.removeLast()
                add(first.job, isUrgent: first.isUrgent)
            }
        }
        if urgent.isEmpty || urgentStreak >= Self.mostInARow, let job = patient.popFirst() {
            urgentStreak = 0
            return job
        }
        guard let job = urgent.popFirst() else { return nil }
        urgentStreak += 1
        return job
    }
}

/// A time of `CLOCK_MONOTONIC`, which cannot be set, in nanoseconds.
struct MonotonicInstant: Comparable {
    let nanoseconds: Int64

    static func < (left: MonotonicInstant, right: MonotonicInstant) -> Bool { left.nanoseconds < right.nanoseconds }

    static var now: MonotonicInstant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicInstant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// Saturates: a wait that is too long ends at the last representable time.
    func after(_ wait: Duration) -> MonotonicInstant {
        let wait = min(max(wait, .nanoseconds(-nanoseconds)), .nanoseconds(Int64.max - nanoseconds))
        let (seconds, attoseconds) = wait.components
        return MonotonicInstant(nanoseconds: nanoseconds + seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    var systemTime: timespec {
        timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    }
}
