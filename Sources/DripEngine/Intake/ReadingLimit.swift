import DripCore
import Synchronization

/// How many long texts of one person are read a minute. Whoever pastes novels opens the window and answers as anybody does; what
/// they say is not compared with anything, beyond so many. Short texts are always read, so that nobody is kept from saying stop.
final class ReadingLimit: Sendable {
    /// A person who writes by hand has one or two.
    static let mostOfMinute = 20

    /// People share places: so many have a place that is nearly always their own, in 64 KiB whatever happens.
    private static let places = 65_536

    private struct State {
        var minute: Int64 = 0
        var counts = [UInt8](repeating: 0, count: ReadingLimit.places)
    }

    private let state = Mutex(State())

    /// Whether the event is to be read, as one more of its person.
    func reads(_ event: Event, now: Instant) -> Bool {
        guard let person = event.person, EventWords.isLong(event) else { return true }
        // The hasher's seed is this process's own: nobody can choose whose place they share.
        var hasher = Hasher()
        hasher.combine(event.page)
        hasher.combine(person)
        let place = Int(UInt(bitPattern: hasher.finalize()) % UInt(Self.places))
        let minute = now.milliseconds / 60_000
        return state.withLock { state in
            if state.minute != minute { state = State(minute: minute) }
            guard state.counts[place] < Self.mostOfMinute else { return false }
            state.counts[place] += 1
            return true
        }
    }
}
