/// How long a request may take. Every limit is at least 1: libcurl reads 0 as "no limit".
package struct HTTPTimeLimits: Sendable, Hashable {
    /// From the start until the connection stands, name look-up and TLS included.
    package var connectMilliseconds: Int
    /// From the hand-over to the last byte of the answer.
    package var totalMilliseconds: Int
    /// For so long less than 100 bytes of bodies a second, both directions together. A server that still thinks sends
    /// nothing, so this is also how long it may think. libcurl measures it in whole seconds, and about one late.
    package var stallSeconds: Int

    package init(connectMilliseconds: Int, totalMilliseconds: Int, stallSeconds: Int) {
        self.connectMilliseconds = connectMilliseconds
        self.totalMilliseconds = totalMilliseconds
        self.stallSeconds = stallSeconds
    }

    package static let standard = HTTPTimeLimits(
        connectMilliseconds: 10_000,
        totalMilliseconds: 30_000,
        stallSeconds: 20
    )
}
