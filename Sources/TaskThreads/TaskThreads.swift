import Foundation
@_spi(ExperimentalCustomExecutors) @_spi(ExperimentalScheduling) package import _Concurrency

/// The threads on which tasks run.
///
/// In place of libdispatch's, which looks after its own once a second as long as the process lives, whether anything is due
/// or not. Swift's interface for this is experimental; whoever does without it takes `install` out.
package final class TaskThreads: @unchecked Sendable {
    private typealias Condition = UnsafeMutablePointer<pthread_cond_t>

    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    /// For those that wait for something to run.
    private let more = Condition.allocate(capacity: 1)
    /// For the one that waits for a moment, too.
    private let sooner = Condition.allocate(capacity: 1)
    // What follows is behind the lock.
    private var queue = TaskQueue<UnownedJob>()
    /// Those that wait for `more`, without the called ones.
    private var idle = 0
    private var called = 0
    /// Which one waits for the next moment.
    private var watch: Int?

    /// They live as long as the process.
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

    /// Has every task of the process run on such threads, as many as there are processors. To be called before there are any
    /// but the main one.
    package static func install() {
        _createExecutors(factory: Factory.self)
    }

    private struct Factory: ExecutorFactory {
        static let mainExecutor = PlatformExecutorFactory.mainExecutor
        /// Two at least: what takes long on one is no reason for all the rest to wait.
        static let defaultExecutor: any TaskExecutor =
            TaskThreads(count: max(2, ProcessInfo.processInfo.activeProcessorCount))
    }

    private func work(_ number: Int) -> Never {
        pthread_mutex_lock(lock)
        while true {
            if let job = queue.next(now: .now) {
                // Who takes it may have been the one on watch.
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

    /// To be signalled once the lock is given back.
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
        // Both clocks of the standard library measure in it; others sleep by means of their own.
        guard let delay = delay as? Duration else { preconditionFailure("a clock of its own durations: \(C.self)") }
        let job = UnownedJob(job)
        let moment = Moment.now.after(delay)
        pthread_mutex_lock(lock)
        let isFirst = queue.nextMoment.map { moment < $0 } ?? true
        queue.add(job, isUrgent: job.isUrgent, at: moment)
        let waiting = isFirst ? callWatch() ?? callIdle() : nil
        pthread_mutex_unlock(lock)
        if let waiting { pthread_cond_signal(waiting) }
    }
}

extension UnownedJob {
    /// Deliveries are not: the dispatcher's next turn goes before them.
    fileprivate var isUrgent: Bool { priority.rawValue >= TaskPriority.medium.rawValue }
}
