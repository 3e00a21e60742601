import Foundation

/// `make soak MINUTES=60 RATE=100` sets these, and prints a line a minute; `JSON=FILE` keeps all of them. `make test` asks
/// for the short form, on its own: beside every other test it would measure the machine.
enum SoakSettings {
    private static let environment = ProcessInfo.processInfo.environment
    static let isWanted = environment["DRIPD_SOAK"] != nil
    /// nil: the short form.
    static let minutes = environment["DRIPD_SOAK"].flatMap(Int.init)
    /// Messages in a second.
    static let rate = environment["DRIPD_SOAK_RATE"].flatMap(Int.init) ?? (minutes == nil ? 300 : 100)
    static let json = environment["DRIPD_SOAK_JSON"]

    static let messages = minutes.map { max(1000, $0 * 60 * rate) } ?? 2400
    static let samples = minutes.map { max(8, $0) } ?? 12
}
