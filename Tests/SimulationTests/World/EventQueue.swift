import Channels
import DripCore

/// A priority queue of future events. Events at the same time happen in the order in which they were added.
struct EventQueue<Element> {
    private var heap: [(time: Int64, order: Int, element: Element)] = []
    private var count = 0

    var next: Int64? { heap.first?.time }

    mutating func add(_ element: Element, at time: Int64) {
        heap.append((time, count, element))
        count += 1
        var index = heap.count - 1
        while index > 0, isBefore(index, (index - 1) / 2) {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    /// Takes the first event up to `time`.
    mutating func take(upTo time: Int64) -> Element? {
        guard let first = heap.first, first.time <= time else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count && isBefore(child, least) {
                least = child
            }
            if least == index { return first.element }
            heap.swapAt(index, least)
            index = least
        }
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (heap[left].time, heap[left].order) < (heap[right].time, heap[right].order)
    }
}

extension World {
    /// A request in flight and its planned result.
    final class InFlightRequest {
        let held: SimulatedNetwork.Held
        let summary: RequestSummary
        /// The index of its launch.
        let launch: Int
        var fault: PlatformFault?
        /// The answer that the daemon gets; nil for the platform's own.
        var answer: Result<HTTPResponse, TransportError>?
        var isOver = false

        init(_ held: SimulatedNetwork.Held, _ summary: RequestSummary, launch: Int) {
            self.held = held
            self.summary = summary
            self.launch = launch
        }
    }
}

extension World {
    struct SentRequest {
        let at: Int64
        let clock: Instant
        let summary: RequestSummary
        /// The number of versions of the files so far.
        let versions: Int
    }
}

extension World {
    /// A backup of the state.
    struct Backup {
        let path: String
        let at: Int64
        /// The number of requests that had been sent.
        let launches: Int
    }

    /// A restore of a backup. The state no longer knows what happened after the backup.
    struct Restore {
        let from: Int64
        let until: Int64
        /// The indices of the launches that the restored state does not know.
        let launches: Range<Int>
    }
}
