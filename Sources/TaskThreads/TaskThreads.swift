import Foundation
@_spi(ExperimentalCustomExecutors) @_spi(ExperimentalScheduling) package import _Concurrency

/// The threads on which tasks run.
///
/// They replace libdispatch's threads, which wake up once a second for as long as the process lives, even if nothing is due.
/// Swift's interface for executors is experimental; to do without it, remove `install`.
package final class TaskThreads: @unchecked Sendable {
    private typealias Condition = UnsafeMutablePointer<pthread_cond_t>

    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    /// Wakes an idle thread, which waits for a job.
    private let more = Condition.allocate(capacity: 1)
    /// Wakes the thread on watch, which waits for the next delayed job.
    private let sooner = Condition.allocate(capacity: 1)
    // The lock guards the properties below.
    private var queue = TaskQueue<UnownedJob>()
    /// Threads that wait for `more`, without those that have been called.
    private var idle = 0
    private var called = 0
    /// The thread on watch; nil if no thread waits for a delayed job.
    private var watch: Int?

    /// Starts the threads. They live as long as the process.
    package init(count: Int) {
        pthread_mutex_init(lock, nil)
        pthread_cond_init(more, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(sooner, &attributes)
        pthread_condattr_destroy(&attributes)
        for number in 0..<count {
            Thread.detachNewThread {
                Thread.current.name = "dripd-task"
                self.work(number)
            }
        }
    }

    /// Makes every task of the process run on these threads, one for each processor. Call it before any task but the main one
    /// exists.
    package static func install() {
        _createExecutors(factory: Factory.self)
    }

    private struct Factory: ExecutorFactory {
        static let mainExecutor = PlatformExecutorFactory.mainExecutor
        /// At least two threads, so that one long job does not hold up all others.
        static let defaultExecutor: any TaskExecutor =
            TaskThreads(count: max(2, ProcessInfo.processInfo.activeProcessorCount))
    }

    private func work(_ number: Int) -> Never {
        pthread_mutex_lock(lock)
        while true {
            if let job = queue.next(now: .now) {
                // This thread may have been the one on watch, and another has to take over.
                let waiting = queue.nextMoment != nil && watch == nil ? callIdle() : nil
                pthread_mutex_unlock(lock)
                if let waiting { pthread_cond_signal(waiting) }
                job.runSynchronously(on: asUnownedTaskExecutor())
                pthread_mutex_lock(lock)
            } else if watch == nil, let moment = queue.nextMoment {
                watch = number
                var until = moment.systemTime
                pthread_cond_timedwait(sooner, lock, &until)
                if watch == number { watch = nil }
            } else {
                idle += 1
                while called == 0 { pthread_cond_wait(more, lock) }
                called -= 1
            }
        }
    }

    /// Returns the condition to signal after unlocking; nil if no thread is idle.
    private func callIdle() -> Condition? {
        guard idle > 0 else { return nil }
        idle -= 1
        called += 1
        return more
    }

    private func callWatch() -> Condition? {
        guard watch != nil else { return nil }
        watch = nil
        return sooner
    }
}

extension TaskThreads: TaskExecutor {
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        pthread_mutex_lock(lock)
        queue.add(job, isUrgent: job.isUrgent)
        let waiting = callIdle() ?? callWatch()
        pthread_mutex_unlock(lock)
        if let waiting { pthread_cond_signal(waiting) }
    }
}

extension TaskThreads: SchedulingExecutor {
    package func enqueue<C: Clock>(
        _ job: consuming ExecutorJob,
        after delay: C.Duration,
        tolerance: C.Duration?,
        clock: C
    ) {
        // Both clocks of the standard library measure in `Duration`. Other clocks sleep by means of their own.
        guard let delay = delay as? Duration else { preconditionFailure("a clock of its own durations: \(C.self)") }
        let job = UnownedJob(job)
        let moment = MonotonicInstant.now.after(delay)
        pthread_mutex_lock(lock)
        let isFirst = queue.nextMoment.map { moment < $0 } ?? true
        queue.add(job, isUrgent: job.isUrgent, at: moment)
        let waiting = isFirst ? callWatch() ?? callIdle() : nil
        pthread_mutex_unlock(lock)
        if let waiting { pthread_cond_signal(waiting) }
    }
}

extension UnownedJob {
    /// False for deliveries: the dispatcher's next turn comes before them.
    fileprivate var isUrgent: Bool { priority.rawValue >= TaskPriority.medium.rawValue }
}
