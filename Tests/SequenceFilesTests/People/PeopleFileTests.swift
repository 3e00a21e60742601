import DripCore
import Foundation
import Testing

@testable import SequenceFiles

@Suite struct PeopleFileTests {
    @Test func `a table, its columns in any order and under other names`() throws {
        let file = read(
            """
            \u{FEFF}Name,PSID,tags,phone,last_message,{{city}},zone\r
            "Nguyễn Thị ""Lan"", bé",1001,vip;khách-quen,0912.345.678,2026-11-22T10:00:00+07:00,Huế,Asia/Ho_Chi_Minh\r
            \r
            '=1+1,1002,,,,,\r

            """
        )
        #expect(file.diagnostics == [])
        var lan = PersonRecord(line: 2, page: "99", address: "1001")
        lan.attributes = ["full_name": "Nguyễn Thị \"Lan\", bé", "phone": "+84912345678", "city": "Huế"]
        lan.tags = ["vip", "khách-quen"]
        lan.zone = "Asia/Ho_Chi_Minh"
        lan.lastMessageAt = Instant("2026-11-22T03:00:00.000Z")
        var other = PersonRecord(line: 4, page: "99", address: "1002")
        other.attributes = ["full_name": "=1+1"]
        #expect(file.people == [lan, other])
    }

    @Test(arguments: [";", "\t"])
    func `other separators, as spreadsheets of other countries write them`(_ separator: String) {
        let file = read("person;full_name\n1001;\"a,;b\"\n".replacing(";", with: separator))
        #expect(file.people.map(\.attributes) == [["full_name": "a,\(separator)b"]])
    }

    @Test func `ids alone, one a line`() {
        let file = read("1001\n\n 88/1002 \n1001\n")
        #expect(
            file.diagnostics.map(\.description) == [
                "people.csv:4:1: error: duplicate id 1001; the first is on line 1"
            ]
        )
        let good = read("1001\n\n 88/1002 \n")
        #expect(good.people.map { "\($0.page ?? "")/\($0.address) \($0.line)" } == ["99/1001 1", "88/1002 3"])
    }

    @Test func `attributes of the shop's own, in one cell`() {
        let file = read(
            "person,phone,attributes\n1001,0912345678,\"{\"\"city\"\": \"\"Huế\"\", \"\"phone\"\": \"\"1\"\"}\"\n"
        )
        #expect(file.people.map(\.attributes) == [["city": "Huế", "phone": "+84912345678"]])
    }

    @Test func `all that is wrong, with line and column, and nobody is taken`() {
        let file = read(
            """
            page,person,phone,email,zone,tags,last_message,attributes
            1,1001,0912345678,,,,,
            x,1.57770314578362E+15,12,lan,Saigon,"a;b/c",gestern,[]
            1,,,,,,1700000000,
            1,1002
            1,1003,"a"b,,,,,
            """
        )
        #expect(file.people == [])
        #expect(
            file.diagnostics.map(\.description).joined(separator: "\n") == """
                people.csv:3:1: error: 'x' is not a page's id: that is a number, such as "1577703145783617"
                people.csv:3:3: error: '1.57770314578362E+15' is an id that a spreadsheet has rounded: format the column as \
                text before the ids go in
                people.csv:3:24: error: '12' is not a phone number: write 0912345678, or +49301234567 for another country
                people.csv:3:27: error: 'lan' is not an e-mail address
                people.csv:3:31: error: unknown time zone 'Saigon': write a region and a city; did you mean 'Asia/Ho_Chi_Minh'?
                people.csv:3:38: error: 'b/c' is not a tag: use letters, digits, '-' and '_', at most 64 characters; did you mean \
                'b-c'?
                people.csv:3:46: error: 'gestern' is not a time: write 2026-11-22T10:00:00+07:00, or milliseconds since 1970
                people.csv:3:54: error: attributes are a JSON object of texts: {"city": "Huế"}
                people.csv:4:3: error: the person's id is missing
                people.csv:4:8: error: '1700000000' is too long ago: write 2026-11-22T10:00:00+07:00, or milliseconds since 1970
                people.csv:5:1: error: 2 cells, and the first line has 8
                people.csv:6:11: error: the cell must end after its closing quotes
                """
        )
    }

    @Test(arguments: [
        ("", "people.csv: error: is empty"),
        ("\n \n", "people.csv: error: is empty"),
        (
            "person,emial\n",
            "people.csv:1:8: error: unknown column 'emial'; known are person, page, full_name, first_name, last_name, phone, "
                + "email, attributes, zone, tags, first_message, last_message, stopped, paused; an attribute of your own is written "
                + "as texts write it: '{{city}}'; did you mean 'email'?"
        ),
        (
            "full_name\nLan\n",
            "people.csv:1:1: error: the first line has to name a column 'person', the people's ids on the page"
        ),
        ("person,id\n", "people.csv:1:8: error: duplicate column 'id'"),
        ("person\n\"1001\n", "people.csv:2:1: error: the quotes are never closed"),
        (
            "1001\nLan\n",
            "people.csv:2:1: error: 'Lan' is not a person's id, a number or PAGE/NUMBER; a table names its columns in its "
                + "first line"
        ),
    ])
    func `a file that is none`(_ text: String, _ problem: String) {
        #expect(read(text).diagnostics.map(\.description) == [problem])
    }

    @Test func `a table has at most 1,000 columns`() {
        let columns = (1...1_000).map { "{{c\($0)}}" }
        #expect(
            read("person,\(columns.joined(separator: ","))\n").diagnostics.map(\.description)
                == ["people.csv:1:1: error: 1001 columns: a file of people has at most 1000"]
        )
    }

    @Test func `a person has at most 100 tags, however often they are said`() {
        let tags = (1...100).map { "t\($0)" }
        let file = read("person,tags\n1001,\((tags + tags).joined(separator: ";"))\n")
        #expect(file.people.map(\.tags) == [tags])
        #expect(
            read("person,tags\n1001,\((tags + ["more"]).joined(separator: ";"))\n").diagnostics.map(\.description)
                == ["people.csv:2:6: error: 101 tags: a person has at most 100"]
        )
    }

    @Test func `bytes that are no text, and a file that is not there`() {
        let file = PeopleFile(bytes: Array("person\n".utf8) + [0xFF], path: "people.csv", page: nil)
        #expect(
            file.survey().errors.map(\.description)
                == ["people.csv:2:1: error: is not UTF-8: save the file as 'CSV UTF-8'"]
        )
        let joined = PeopleFile(bytes: Array("person\n71\u{0}2\n".utf8), path: "people.csv", page: nil)
        #expect(
            joined.survey().errors.map(\.description) == [
                "people.csv:2:1: error: contains a control character: remove it, or save the file as 'CSV UTF-8'"
            ]
        )
        let wide = PeopleFile(bytes: [0xFF, 0xFE, 0x31, 0x00], path: "people.csv", page: nil)
        #expect(
            wide.survey().errors.map(\.description) == ["people.csv: error: is in UTF-16: save it as 'CSV UTF-8'"]
        )
        let missing = #expect(throws: Diagnostic.self) {
            try PeopleFile(path: "/nonexistent.csv", page: nil, zone: nil)
        }
        #expect(missing?.description == "/nonexistent.csv: error: no such file or folder")
    }

    @Test func `of a table whose every line is wrong some are told, and how many there are besides`() {
        let file = PeopleFile(
            bytes: Array(("person\n" + String(repeating: "x\n", count: 200)).utf8),
            path: "people.csv",
            page: nil
        )
        let survey = file.survey()
        #expect((survey.errors.count, survey.moreErrors) == (50, 150))
    }

    @Test func `a cell that a spreadsheet would run comes back as it was`() {
        for cell in ["=1+1", "-2", "@x", "+84 912", "\tx", "+84912345678", "'a", ""] {
            #expect(CSV.plain(CSV.harmless(cell)) == cell)
        }
        #expect(CSV.harmless("=1+1") == "'=1+1")
        #expect(CSV.harmless("+84912345678") == "+84912345678")
        #expect(CSV.harmless("+84912345678-1") == "'+84912345678-1")
        #expect(CSV.line(["a", "b,c", "d\"e", "f\r\ng", ""]) == "a,\"b,c\",\"d\"\"e\",\"f\r\ng\",\r\n")
    }

    private func read(_ text: String) -> (people: [PersonRecord], diagnostics: [Diagnostic]) {
        // Pieces that end within lines, quotes and letters.
        let file = PeopleFile(bytes: Array(text.utf8), path: "people.csv", page: "99", pieceSize: 5)
        let survey = file.survey()
        var parts = file.parts(after: survey)
        let people = survey.errors.isEmpty ? try? parts.next(limit: .max) : []
        return (people ?? [], survey.errors + survey.warnings)
    }
}
