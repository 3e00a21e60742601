import Foundation

/// Time zones by their names in the tz database.
enum ZoneText {
    static func parse(_ text: String) throws(Fault) -> TimeZone {
        // An abbreviation ("EST") or an offset ("GMT+7") would be a zone without its clock changes; old names with a
        // region ("Asia/Saigon") are as good as new ones.
        if text.contains("/") || text == "UTC", let zone = TimeZone(identifier: text) { return zone }
        throw Fault("unknown time zone '\(text)': write a region and a city", suggestion: nearest(text))
    }

    private static func nearest(_ text: String) -> String? {
        let known = TimeZone.knownTimeZoneIdentifiers
        let city = (text.split(separator: "/").last.map(String.init) ?? text).replacing(" ", with: "_")
        if vietnam.contains(city.lowercased()) { return "Asia/Ho_Chi_Minh" }
        if let near = Spelling.nearest(to: text, of: known) { return near }
        // 'Ho Chi Minh', 'Berlin': the city alone.
        let cities = known.map { String($0[($0.lastIndex(of: "/").map($0.index(after:)) ?? $0.startIndex)...]) }
        guard let near = Spelling.nearest(to: city, of: cities), let index = cities.firstIndex(of: near) else {
            return nil
        }
        return known[index]
    }

    /// What people call the zone whose name holds only one of its cities.
    private static let vietnam: Set<String> = ["vietnam", "vn", "ict", "hanoi", "ha_noi", "saigon", "sai_gon"]
}
