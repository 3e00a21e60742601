import Testing

@testable import DripCore

struct PeopleSearchTests {
    private static let buoi = ["full_name": "Nguyễn Thị Bưởi", "first_name": "Bưởi", "phone": "+84912345678"]

    @Test(arguments: [
        "Bưởi", "buoi", "BƯỞI", "Bu\u{31B}o\u{31B}\u{309}i", "thi buoi", " nguyen ", "0912345678", "0912 345 678",
        "+84 912-345-678", "84912345678", "345678", "(0912) 345.678",
    ])
    func `case, marks and the form of a number do not count`(_ text: String) throws {
        let search = try #require(PeopleSearch(text))
        #expect(search.fits(Self.buoi))
        #expect(search.mayFit(#"{"first_name":"Bưởi","full_name":"Nguyễn Thị Bưởi","phone":"+84912345678"}"#))
    }

    @Test(arguments: ["Bười x", "0987654321", "phone", "buoi nguyen", "678 ", "123"])
    func `others do not fit`(_ text: String) throws {
        let search = try #require(PeopleSearch(text))
        #expect(!search.fits(Self.buoi))
    }

    @Test(arguments: ["", "  ", String(repeating: "a", count: 101), "e" + String(repeating: "\u{301}", count: 400)])
    func `nothing that could be looked for`(_ text: String) {
        #expect(PeopleSearch(text) == nil)
    }

    @Test func `letters with strokes, other alphabets, and what JSON escapes`() throws {
        #expect(try #require(PeopleSearch("do")).fits(["full_name": "Đỗ Văn Đạt"]))
        #expect(try #require(PeopleSearch("dat")).fits(["full_name": "Ðạt"]))
        #expect(try #require(PeopleSearch("田")).fits(["full_name": "田中"]))
        #expect(try #require(PeopleSearch("😀")).fits(["full_name": "Lan 😀"]))
        let quoted = try #require(PeopleSearch(#"Lan "bé""#))
        #expect(quoted.fits(["full_name": #"Lan "Bé""#]))
        #expect(quoted.mayFit(#"{"full_name":"Lan \"Bé\""}"#))
    }
}
