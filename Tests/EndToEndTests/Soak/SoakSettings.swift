import Foundation

/// `make soak MINUTES=60 RATE=100` sets these, and prints a line a minute; `JSON=FILE` keeps all of them.
enum SoakSettings {
    private static let environment = ProcessInfo.processInfo.environment
    /// nil: the short form, among all tests.
    static let minutes = environment["DRIPD_SOAK_MINUTES"].flatMap(Int.init)
    /// Messages in a second.
    static let rate = environment["DRIPD_SOAK_RATE"].flatMap(Int.init) ?? (minutes == nil ? 300 : 100)
    static let json = environment["DRIPD_SOAK_JSON"]

    static let messages = minutes.map { max(1000, $0 * 60 * rate) } ?? 2400
    static let samples = minutes.map { max(8, $0) } ?? 12
}
