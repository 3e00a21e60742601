import NIOCore

/// A deadline that moves with every request. A timer is set anew only where the deadline has come nearer, or has moved on when
/// the timer ends: most requests set none.
final class MovingDeadline {
    private let eventLoop: any EventLoop
    private let expired: () -> Void
    private var deadline = NIODeadline.distantFuture
    private var timer: (task: Scheduled<Void>, ends: NIODeadline)?

    /// On the event loop.
    init(on eventLoop: any EventLoop, expired: @escaping () -> Void) {
        self.eventLoop = eventLoop
        self.expired = expired
    }

    func move(to new: NIODeadline) {
        deadline = new
        if let timer, timer.ends <= new { return }
        start()
    }

    func end() {
        deadline = .distantFuture
        timer?.task.cancel()
        timer = nil
    }

    private func start() {
        timer?.task.cancel()
        timer = nil
        guard deadline != .distantFuture else { return }
        let task = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
            guard let self else { return }
            ring()
        }
        timer = (task, deadline)
    }

    private func ring() {
        timer = nil
        guard NIODeadline.now() >= deadline else { return start() }
        deadline = .distantFuture
        expired()
    }
}
