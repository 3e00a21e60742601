import DripCore
import Foundation
import Testing

@Suite struct InstantTextTests {
    @Test(arguments: [
        (1_801_320_600_000, "2027-01-30T14:50:00.000Z"), (1_801_320_600_007, "2027-01-30T14:50:00.007Z"),
        (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (253_402_214_400_000, "9999-12-31T00:00:00.000Z"),
    ])
    func `a moment is written in UTC with milliseconds`(milliseconds: Int64, text: String) {
        #expect(Instant(milliseconds: milliseconds).description == text)
        #expect(Instant(text) == Instant(milliseconds: milliseconds))
    }

    @Test(arguments: [
        ("2027-01-30T14:50:00Z", 1_801_320_600_000), ("2027-01-30T21:50:00+07:00", 1_801_320_600_000),
        ("2027-01-30T21:50:00.250+07:00", 1_801_320_600_250), ("1801320600250", 1_801_320_600_250),
    ])
    func `a moment is read with and without a fraction, in any zone, or as milliseconds`(text: String, value: Int64) {
        #expect(Instant(text) == Instant(milliseconds: value))
    }

    @Test(arguments: ["", "2027-01-30", "tomorrow", "2027-13-01T00:00:00Z", "1801320600.5"])
    func `anything else is no moment`(text: String) {
        #expect(Instant(text) == nil)
    }

    @Test func `every millisecond survives being written and read`() {
        let start: Int64 = 1_801_320_600_000
        for milliseconds in start..<start + 1000 {
            let instant = Instant(milliseconds: milliseconds)
            #expect(Instant(instant.description) == instant)
        }
    }

    @Test func `JSON holds it as text`() throws {
        let json = try JSONEncoder().encode([Instant(milliseconds: 1_801_320_600_000)])
        #expect(String(decoding: json, as: UTF8.self) == #"["2027-01-30T14:50:00.000Z"]"#)
        #expect(try JSONDecoder().decode([Instant].self, from: json) == [Instant(milliseconds: 1_801_320_600_000)])
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([Instant].self, from: Data(#"["soon"]"#.utf8)) }
    }
}
