/// What is to happen when. What is to happen at the same time happens in the order in which it was put down.
struct Agenda<Element> {
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

    /// Takes the first of what is to happen up to `time`.
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
