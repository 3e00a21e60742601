import DripCore
import Foundation
import Testing

@testable import SequenceFiles

/// Tables as spreadsheets write them, and as people send them.
@Suite struct SpreadsheetTests {
    @Test func `lines of separators alone are blank`() {
        let file = read("person,full_name,phone\r\n1,Lan,0912345678\r\n,,\r\n,,\r\n\" \",,\r\n2,Minh,\r\n,,,,\r\n")
        #expect(file.said == [])
        #expect(file.people.map { "\($0.line) \($0.address)" } == ["2 1", "6 2"])
    }

    @Test func `columns without a name are left out as long as they are empty`() {
        let file = read("person,full_name,,\r\n1,Lan,,\r\n2,Minh\u{20},, ,,\r\n")
        #expect(file.said == [])
        #expect(file.people.map(\.attributes) == [["full_name": "Lan"], ["full_name": "Minh"]])
        #expect(
            read("person,,full_name\n1,x,Lan\n").said == [
                "people.csv:2:3: error: 'x' is in a column without a name: the first line has to name it"
            ]
        )
        #expect(
            read("person,full_name\n1,Lan,x\n").said == ["people.csv:2:1: error: 3 cells, and the first line has 2"]
        )
    }

    @Test func `a tag holds no space, as in the sequence files`() {
        let file = read(
            """
            person,tags
            1,"khách quen, vip"
            2,Đã mua hàng
            3,"đã mua; quan tâm"
            """
        )
        let way = "use letters, digits, '-' and '_', at most 64 characters, and ',' or ';' between two tags"
        #expect(
            file.said == [
                "people.csv:2:3: error: 'khách quen' is not a tag: \(way); did you mean 'khách-quen'?",
                "people.csv:3:3: error: 'Đã mua hàng' is not a tag: \(way); did you mean 'Đã-mua-hàng'?",
                "people.csv:4:3: error: 'đã mua' is not a tag: \(way); did you mean 'đã-mua'?",
            ]
        )
        #expect(
            read("person,tags\n1,\"vip,khách-quen\"\n2,\"vip; a|vip,,b\"\n").people.map(\.tags) == [
                ["vip", "khách-quen"], ["vip", "a", "b"],
            ]
        )
    }

    @Test(arguments: ["GMT+0530", "GMT+0700", "GMT-0330", "GMT+0545", "GMT", "Asia/Ho_Chi_Minh", "UTC"])
    func `a zone of our own list comes back`(zone: String) {
        let file = read("person,zone\n1,\(zone)\n")
        #expect(file.said == [])
        #expect(file.people.map(\.zone) == [TimeZone(identifier: zone)?.identifier])
    }

    @Test func `a distance from UTC in other words is none of ours`() {
        #expect(
            read("person,zone\n1,GMT+7\n").said == [
                "people.csv:2:3: error: unknown time zone 'GMT+7': write a region and a city"
            ]
        )
    }

    @Test func `who only commented is left out`() {
        let file = read("page,person,full_name\n99,comment:555_1,\n99,1,Lan\n99,comment:555_2,\n")
        let warning =
            "people.csv:2:4: warning: 2 lines are left out, such as 'comment:555_1': the author of a comment has no id on the "
            + "page before they write"
        #expect(file.said == [warning])
        #expect(file.people.map(\.address) == ["1"])
        #expect(read("1\n99/comment:555_1\n").people.map(\.address) == ["1"])
    }

    @Test func `what cannot be seen around an id, a number or a time is no part of it`() {
        let file = read(
            "person,full_name,phone,last_message\n"
                + "\u{202D}7100000000000022\u{202C},Lan,\u{202A}0912\u{A0}345\u{2011}678\u{202C},2026-11-22T10:00:00Z\u{200B}\n"
                + "７１０１\u{200B},Minh,０９１２３４５６７８,\n"
        )
        #expect(file.said == [])
        #expect(file.people.map(\.address) == ["7100000000000022", "7101"])
        #expect(file.people.map { $0.attributes["phone"] } == ["+84912345678", "+84912345678"])
        #expect(read("7100000000000022\n\u{200E}7100000000000023\n").people.count == 2)
    }

    @Test func `what cannot be seen in a tag is named`() {
        #expect(
            read("person,tags\n1,vip\u{200B}\n").said == [
                "people.csv:2:3: error: 'vip\u{200B}' is not a tag: use letters, digits, '-' and '_', at most 64 characters; it "
                    + "holds U+200B (zero width space); did you mean 'vip'?"
            ]
        )
    }

    @Test func `the apostrophe by which Excel knows a text`() {
        let file = read("person,full_name,phone\r\n'7100000000000006,Lan,'0912345678\r\n’7,'n Mot,+84912345678\r\n")
        #expect(file.said == [])
        #expect(file.people.map(\.address) == ["7100000000000006", "7"])
        #expect(file.people.map { $0.attributes["phone"] } == ["+84912345678", "+84912345678"])
        // A name may begin with one.
        #expect(file.people.map { $0.attributes["full_name"] } == ["Lan", "'n Mot"])
        #expect(read("'7100000000000006\n'7100000000000007\n").people.count == 2)
    }

    @Test func `ids that a spreadsheet has rounded`() {
        func warned(_ ids: String...) -> [String] { read("person\n" + ids.joined(separator: "\n") + "\n").said }
        let cause =
            "a spreadsheet keeps 15 digits of a number, and such people do not exist; export the ids again, and import that "
            + "column as text"
        #expect(
            warned("7123456789000000", "7123456789001000", "7123456789002000") == [
                "people.csv:2:1: warning: 3 of 3 ids end in zeros, such as 7123456789000000: \(cause)"
            ]
        )
        #expect(
            warned("71234567890012300", "71234567890045600", "71234567890078900") == [
                "people.csv:2:1: warning: 3 of 3 ids end in zeros, such as 71234567890012300: \(cause)"
            ]
        )
        // By chance, and short ones.
        #expect(warned("7123456789000010", "7123456789000011", "7123456789000012", "7123456789000020") == [])
        #expect(warned("7123456789000", "7123456789100", "7123456789200") == [])
    }

    @Test(arguments: [
        ("0912345678", "+84912345678"), ("84912345678", "+84912345678"), ("+84 912 345 678", "+84912345678"),
        ("(+84) 0912-345-678", "+84912345678"), ("0084912345678", "+84912345678"), ("tel:0912345678", "+84912345678"),
        ("02438251234", "+842438251234"), ("+49 30 1234567", "+49301234567"),
        ("0912 345 678 (chị Lan)", "+84912345678"),
        ("0912.345.678 / 0987654321", "+84912345678"), ("+84508199020", "+84508199020"),
    ])
    func `a phone number as people write it`(written: String, number: String) throws {
        #expect(try PhoneCell(written).number == number)
    }

    @Test func `phone numbers of which not all is certain`() {
        let file = read(
            "person,phone\n1,912345678\n2,844666531\n3,01234567890\n4,0521234567\n5,0311234567\n6,2438251234\n"
        )
        #expect(
            file.people.compactMap { $0.attributes["phone"] } == [
                "+84912345678", "+84844666531", "+84834567890", "+84521234567", "+84311234567", "+842438251234",
            ]
        )
        #expect(
            file.said == [
                "people.csv:2:3: warning: 3 phone numbers without the leading 0, which a spreadsheet drops: '912345678' is read as "
                    + "0912345678",
                "people.csv:4:3: warning: 1 phone number in the eleven-digit form used until 2018, such as '01234567890': read as "
                    + "the ten-digit number that replaced it",
                "people.csv:6:3: warning: 1 phone number of no known network, such as '0311234567'",
            ]
        )
    }

    @Test(arguments: ["12", "9.12345678E+08", "0912345", "091234567890", "05/12/2026", "chưa có", "0012"])
    func `what is no phone number`(written: String) {
        #expect(throws: ParseError.self) { try PhoneCell(written) }
    }

    // MARK: Times

    private let saigon = TimeZone(identifier: "Asia/Ho_Chi_Minh")

    @Test(arguments: [
        ("2026-11-28T09:30:00+07:00", "2026-11-28T02:30:00.000Z"),
        ("2026-11-28T02:30:00.5Z", "2026-11-28T02:30:00.500Z"),
        ("2026-11-28T09:30:00.123456+0700", "2026-11-28T02:30:00.123Z"),
        ("2026-11-28 09:30", "2026-11-28T02:30:00.000Z"),
        ("2026-11-28", "2026-11-27T17:00:00.000Z"), ("28/11/2026 09:30", "2026-11-28T02:30:00.000Z"),
        ("28-11-2026 9:30:15", "2026-11-28T02:30:15.000Z"), ("28.11.2026", "2026-11-27T17:00:00.000Z"),
        ("11/28/2026 9:30 PM", "2026-11-28T14:30:00.000Z"), ("28/11/2026 12:05 SA", "2026-11-27T17:05:00.000Z"),
        ("1795833000000", "2026-11-28T02:30:00.000Z"), ("05/05/2026", "2026-05-04T17:00:00.000Z"),
        ("29/02/2028 23:59", "2028-02-29T16:59:00.000Z"),
    ])
    func `a time as programs and spreadsheets write it`(written: String, instant: String) throws {
        #expect(try TimeCell(written, zone: saigon, order: nil).instant.description == instant)
    }

    @Test(arguments: [
        "gestern", "28/11/26", "31/02/2026", "13/13/2026", "2026-11-31", "28/11/2026 25:00", "28/11/2026 9h30",
        "28/11/2026 13:00 PM", "2026-11-28T09:30+7", "46354.39",
    ])
    func `what is no time`(written: String) {
        #expect(throws: ParseError.self) { try TimeCell(written, zone: saigon, order: nil) }
    }

    @Test func `a time within a gap or a repeated hour of the clock`() throws {
        let berlin = TimeZone(identifier: "Europe/Berlin")
        func instant(_ text: String) throws -> String {
            try TimeCell(text, zone: berlin, order: nil).instant.description
        }
        #expect(try instant("2026-03-29 01:59") == "2026-03-29T00:59:00.000Z")
        #expect(try instant("2026-03-29 03:00") == "2026-03-29T01:00:00.000Z")
        #expect(try instant("2026-10-25 04:00") == "2026-10-25T03:00:00.000Z")
    }

    @Test func `one date shows for the whole file whether the day comes first`() {
        func times(_ dates: String...) -> [String] {
            let text = "person,last_message\n" + dates.enumerated().map { "\($0),\($1)\n" }.joined()
            let file = read(text)
            return file.said + file.people.compactMap { $0.lastMessageAt?.description }
        }
        #expect(
            times("05/11/2026 09:30", "28/11/2026") == ["2026-11-05T02:30:00.000Z", "2026-11-27T17:00:00.000Z"]
        )
        #expect(
            times("05/11/2026 09:30", "11/28/2026") == ["2026-05-11T02:30:00.000Z", "2026-11-27T17:00:00.000Z"]
        )
        #expect(
            times("05/11/2026", "06/11/2026") == [
                "people.csv:2:3: error: '05/11/2026' can be read with the day or the month first, and no date of this file shows "
                    + "which: write 2026-11-22T10:00:00+07:00, or milliseconds since 1970"
            ]
        )
        #expect(
            times("28/11/2026", "11/28/2026") == [
                "people.csv:3:3: error: '11/28/2026' has its day in another place than '28/11/2026' on line 2: write "
                    + "2026-11-22T10:00:00+07:00, or milliseconds since 1970"
            ]
        )
    }

    @Test func `a time without a zone needs one`() {
        let file = PeopleFile(bytes: Array("person,stopped\n1,28/11/2026 09:30\n".utf8), path: "people.csv", page: nil)
        #expect(
            file.survey().errors.map(\.description) == [
                "people.csv:2:3: error: '28/11/2026 09:30' has no time zone: pass --timezone Asia/Ho_Chi_Minh, or write "
                    + "2026-11-22T10:00:00+07:00, or milliseconds since 1970"
            ]
        )
    }

    // MARK: Pieces

    @Test func `Excel's line that names the separator`() {
        let file = read("sep=|\r\nperson|full_name\r\n1|a,b;c\r\n")
        #expect(file.said == [])
        #expect(file.people == [with(line: 3, "1", ["full_name": "a,b;c"])])
    }

    @Test(arguments: [1, 2, 3, 7, 64, 1_000])
    func `where the pieces of a file end makes no difference`(size: Int) {
        let text = "\u{FEFF}person,full_name\r\n\r\n1,\"Nguyễn\r\n\"\"Lan\"\"\"\r\n2,Ưng\n\n3,\"\"\r\n4,x"
        let file = read(text, pieceSize: size)
        #expect(file.said == [])
        #expect(
            file.people == [
                with(line: 3, "1", ["full_name": "Nguyễn\r\n\"Lan\""]), with(line: 5, "2", ["full_name": "Ưng"]),
                with(line: 7, "3", [:]), with(line: 8, "4", ["full_name": "x"]),
            ]
        )
    }

    @Test func `quotes that are never closed are not read to the end of a long file`() {
        let text = "person,full_name\n1,\"Lan\n" + String(repeating: "x", count: 2 * CSVReader.longestLine)
        #expect(
            read(text, pieceSize: 64 * 1024).said == [
                "people.csv:2:1: error: a line of more than 1024 KiB: are quotes never closed?"
            ]
        )
    }

    @Test func `a part at a time, and a file that changes meanwhile`() throws {
        let directory = try TemporaryFolder()
        let path = directory.path + "/ids"
        let ids = (1...2_500).map { "\($0)\n" }.joined()
        try Data(ids.utf8).write(to: URL(filePath: path))
        let file = try PeopleFile(path: path, page: nil, zone: nil)
        let survey = file.survey()
        #expect((survey.count, survey.errors, survey.examples.map(\.address)) == (2_500, [], ["1"]))
        var parts = file.parts(after: survey)
        var counts: [Int] = []
        for _ in 0..<4 { counts.append(try parts.next(limit: 1_000).count) }
        #expect(counts == [1_000, 1_000, 500, 0])
        parts = file.parts(after: survey)
        _ = try parts.next(limit: 1_000)
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("2501\n".utf8))
        try handle.close()
        let changed = #expect(throws: Diagnostic.self) { try parts.next(limit: 1_000) }
        #expect(
            changed?.description == "\(path): error: changed while it was imported: run the same command again"
        )
    }

    @Test func `someone who is in the file twice is found however far apart`() {
        let ids = (1...30_000).map { "\($0)\n" }.joined()
        #expect(
            read("person\n" + ids + "17\n", pieceSize: 4_096).said == [
                "people.csv:30002:1: error: duplicate id 17; the first is on line 18"
            ]
        )
    }

    private func with(line: Int, _ address: String, _ attributes: [String: String]) -> PersonRecord {
        var person = PersonRecord(line: line, page: "99", address: address)
        person.attributes = attributes
        return person
    }

    private func read(_ text: String, pieceSize: Int = 256 * 1024) -> (people: [PersonRecord], said: [String]) {
        let file = PeopleFile(
            bytes: Array(text.utf8),
            path: "people.csv",
            page: "99",
            zone: saigon,
            pieceSize: pieceSize
        )
        let survey = file.survey()
        var parts = file.parts(after: survey)
        let people = survey.errors.isEmpty ? try? parts.next(limit: .max) : []
        return (people ?? [], (survey.errors + survey.warnings).map(\.description))
    }
}
