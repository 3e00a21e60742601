import Testing

@testable import dripd

struct TextTableTests {
    private var people: TextTable {
        var table = TextTable(["PERSON", "NAME", "FIRST MESSAGE", "NOTE"])
        table.add(["7412345678901234", "田中さん 👍🏽", "2027-01-04 09:15:00+07", "stopped"])
        table.add(["1", "Nguyễn Thị Bưởi\u{1B}[2J", "-", "unreachable: they blocked the page"])
        return table
    }

    @Test func `columns line up by cells, and no terminal is no limit`() {
        #expect(
            people.lines(columns: nil).joined(separator: "\n")
                == #"""
                PERSON            NAME                      FIRST MESSAGE           NOTE
                7412345678901234  田中さん 👍🏽               2027-01-04 09:15:00+07  stopped
                1                 Nguyễn Thị Bưởi\u{1B}[2J  -                       unreachable: they blocked the page
                """#
        )
    }

    @Test func `on a narrow terminal the widest columns are folded between words`() {
        let lines = people.lines(columns: 80)
        #expect(
            lines.joined(separator: "\n") == #"""
                PERSON            NAME                 FIRST MESSAGE        NOTE
                7412345678901234  田中さん 👍🏽          2027-01-04           stopped
                                                       09:15:00+07
                1                 Nguyễn Thị           -                    unreachable: they
                                  Bưởi\u{1B}[2J                             blocked the page
                """#
        )
        #expect(lines.allSatisfy { TextWidth.of($0) <= 80 })
    }

    @Test func `where words have no room they are cut, but not in the last column`() {
        var table = TextTable(["REF", "LINK"])
        table.add([String(repeating: "a", count: 30), "https://m.me/1577703145783617?ref=tiktok"])
        #expect(
            table.lines(columns: 60).joined(separator: "\n") == """
                REF                 LINK
                aaaaaaaaaaaaaaaaaa  https://m.me/1577703145783617?ref=tiktok
                aaaaaaaaaaaa
                """
        )
    }
}
