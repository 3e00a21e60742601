import DequeModule

/// What is to run: now, in the order in which it came, the more urgent first; or at a moment.
struct TaskQueue<Job> {
    private var urgent = Deque<Job>()
    private var patient = Deque<Job>()
    /// The last first.
    private var later: [(moment: Moment, isUrgent: Bool, job: Job)] = []
    /// Urgent ones that were taken since a patient one was.
    private var inARow = 0

    /// After so many urgent ones a patient one has its turn.
    static var mostInARow: Int { 16 }

    /// When the next of those that are not to run yet is.
    var nextMoment: Moment? { later.last?.moment }

    mutating func add(_ job: Job, isUrgent: Bool) {
        if isUrgent { urgent.append(job) } else { patient.append(job) }
    }

    /// Those of one moment run in the order in which they came.
    mutating func add(_ job: Job, isUrgent: Bool, at moment: Moment) {
        let place = later.firstIndex { $0.moment <= moment } ?? later.endIndex
        later.insert((moment, isUrgent, job), at: place)
    }

    mutating func next(now: @autoclosure () -> Moment) -> Job? {
        if !later.isEmpty {
            let now = now()
            while let first = later.last, first.moment <= now {
                later.removeLast()
                add(first.job, isUrgent: first.isUrgent)
            }
        }
        if urgent.isEmpty || inARow >= Self.mostInARow, let job = patient.popFirst() {
            inARow = 0
            return job
        }
        guard let job = urgent.popFirst() else { return nil }
        inARow += 1
        return job
    }
}
