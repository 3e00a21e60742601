import Testing

@testable import SequenceFiles

/// What `dripd check` says about times, days and zones.
struct TimeProblemsTests {
    @Test func `lengths of time that are not understood`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - {step: s1, after: 15, text: x}
              - {step: s2, after: "15 mni", text: x}
              - {step: s3, after: 15 m, text: x}
              - {step: s4, after: 2 mon, text: x}
              - {step: s5, after: 3 phut, text: x}
              - {step: s6, after: 1 year, text: x}
              - {step: s7, after: -15 min, text: x}
              - {step: s8, after: 1.5 h, text: x}
              - {step: s9, after: "0,5 day", text: x}
              - {step: s10, after: 1.3 s, text: x}
              - {step: s11, after: 1 h 30 min, text: x}
              - {step: s12, after: soon, text: x}
              - {step: s13, after: a day, text: x}
              - {step: s14, after: "11 min min", text: x}
              - {step: s15, after: 200 month, text: x}
              - {step: s16, after: 99999999999999999999 s, text: x}
              - {step: s17, after: 15minn, text: x}
            """#
        #expect(
            problems(file) == #"""
                a.yaml:4:23: error: '15' has no unit: the units are s, min, h, day, week, month
                a.yaml:5:23: error: unknown unit 'mni' in '15 mni'; did you mean 'min'?
                a.yaml:6:23: error: unknown unit 'm' in '15 m'; did you mean 'min'?
                a.yaml:7:23: error: unknown unit 'mon' in '2 mon'; did you mean 'month'?
                a.yaml:8:23: error: unknown unit 'phut' in '3 phut'; did you mean 'phút'?
                a.yaml:9:23: error: unknown unit 'year' in '1 year': the units are s, min, h, day, week, month
                a.yaml:10:23: error: '-15 min' is negative
                a.yaml:11:23: error: '1.5 h' has a fraction: write a whole number; did you mean '90 min'?
                a.yaml:12:23: error: '0,5 day' has a fraction: write a whole number; did you mean '12 h'?
                a.yaml:13:24: error: '1.3 s' has a fraction: write a whole number
                a.yaml:14:24: error: '1 h 30 min' has more than one number: write one number and one unit, such as '90 min'
                a.yaml:15:24: error: 'soon' is not a length of time: write a number and a unit, such as '15 min' or '1 day'
                a.yaml:16:24: error: 'a day' is not a length of time: write a number and a unit, such as '15 min' or '1 day'
                a.yaml:17:24: error: unknown unit 'min min' in '11 min min': the units are s, min, h, day, week, month
                a.yaml:18:24: error: '200 month' is longer than ten years, the maximum
                a.yaml:19:24: error: '99999999999999999999 s' is longer than ten years, the maximum
                a.yaml:20:24: error: unknown unit 'minn' in '15minn'; did you mean 'min'?
                """#
        )
    }

    @Test func `two steps that are due at once`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - {step: x, after: 24 h, text: x}
              - {step: y, after: 1 day, text: x}
              - {step: z, after: 7 ngày, text: x}
              - {step: x, after: 1 tuần, text: x}
            """#
        #expect(
            problems(file) == #"""
                a.yaml:5:22: error: '1 day' is as long after the start as step 'x': two steps cannot be due at once
                a.yaml:7:12: error: duplicate step 'x'; the first is on line 4
                a.yaml:7:22: error: '1 week' is as long after the start as step 'z': two steps cannot be due at once
                """#
        )
    }

    @Test func `quiet hours that are not understood`() {
        let file = #"""
            sequence: a
            start: [manual]
            quiet: 9:00-8
            steps: [{step: x, after: 1 h, text: x}]
            """#
        #expect(
            problems(file) == #"""
                a.yaml:3:8: error: '9:00' is not a time of day: write it like '08:00'; did you mean '09:00'?
                """#
        )
    }

    @Test func `quiet hours that end at 24:00`() {
        let file = #"""
            sequence: a
            start: [manual]
            quiet: 21:30-24:00
            steps: [{step: x, after: 1 h, text: x}]
            """#
        #expect(
            problems(file) == #"""
                a.yaml:3:8: error: '24:00' is not a time of day; did you mean '00:00'?
                """#
        )
    }

    @Test func `quiet hours that no clock shows`() {
        let file = #"""
            sequence: a
            start: [manual]
            quiet: 21:30-25:00
            steps: [{step: x, after: 1 h, text: x}]
            """#
        #expect(
            problems(file) == #"""
                a.yaml:3:8: error: '25:00' is not a time of day: use 00:00 to 23:59
                """#
        )
    }

    @Test func `quiet hours that are no span`() {
        let file = #"""
            sequence: a
            start: [manual]
            quiet: at night
            steps: [{step: x, after: 1 h, text: x}]
            """#
        #expect(
            problems(file) == #"""
                a.yaml:3:8: error: 'at night' is not a span of local times: write it like '21:30-08:00'
                """#
        )
    }

    @Test func `quiet hours that never begin`() {
        let file = #"""
            sequence: a
            start: [manual]
            quiet: 08:00-08:00
            steps: [{step: x, after: 1 h, text: x}]
            """#
        #expect(
            problems(file) == #"""
                a.yaml:3:8: error: '08:00-08:00' begins and ends at the same time
                """#
        )
    }

    @Test func `weekdays that are not understood`() {
        let file = #"""
            sequence: a
            start: [manual]
            days: [monday, tues, sta, t2, "", mon-, mon-tue-wed]
            steps: [{step: x, after: 1 h, text: x}]
            """#
        #expect(
            problems(file) == #"""
                a.yaml:3:8: error: unknown weekday 'monday': the days are mon, tue, wed, thu, fri, sat, sun; did you mean 'mon'?
                a.yaml:3:16: error: unknown weekday 'tues': the days are mon, tue, wed, thu, fri, sat, sun; did you mean 'tue'?
                a.yaml:3:22: error: unknown weekday 'sta': the days are mon, tue, wed, thu, fri, sat, sun; did you mean 'sat'?
                a.yaml:3:27: error: unknown weekday 't2': the days are mon, tue, wed, thu, fri, sat, sun
                a.yaml:3:31: error: a weekday is empty
                a.yaml:3:35: error: 'mon-' is not a choice of weekdays: write 'mon-sat' or 'mon,wed,fri'
                a.yaml:3:41: error: 'mon-tue-wed' is not a choice of weekdays: write 'mon-sat' or 'mon,wed,fri'
                """#
        )
    }

    @Test func `a zone beside the right one`() {
        let file = #"""
            sequence: a
            start: [manual]
            timezone: Asia/Ho_Chi_Min
            steps: [{step: x, after: 1 h, text: x}]
            """#
        #expect(
            problems(file) == #"""
                a.yaml:3:11: error: unknown time zone 'Asia/Ho_Chi_Min': write a region and a city; did you mean 'Asia/Ho_Chi_Minh'?
                """#
        )
    }

    @Test func `a city alone is no zone`() {
        let file = #"""
            sequence: a
            start: [manual]
            timezone: Hanoi
            steps: [{step: x, after: 1 h, text: x}]
            """#
        #expect(
            problems(file) == #"""
                a.yaml:3:11: error: unknown time zone 'Hanoi': write a region and a city; did you mean 'Asia/Ho_Chi_Minh'?
                """#
        )
    }

    @Test func `an offset is no zone`() {
        let file = #"""
            sequence: a
            start: [manual]
            timezone: GMT+7
            steps: [{step: x, after: 1 h, text: x}]
            """#
        #expect(
            problems(file) == #"""
                a.yaml:3:11: error: unknown time zone 'GMT+7': write a region and a city
                """#
        )
    }

    @Test func `a rule for lateness that is not understood`() {
        let file = #"""
            sequence: a
            start: [manual]
            late: {after: 12 hous, then: skp}
            again: after 90
            steps: [{step: x, after: 1 h, text: x}]
            """#
        #expect(
            problems(file) == #"""
                a.yaml:3:15: error: unknown unit 'hous' in '12 hous'; did you mean 'hour'?
                a.yaml:3:30: error: 'skp' is not one of: skip, send; did you mean 'skip'?
                a.yaml:4:8: error: '90' has no unit: the units are s, min, h, day, week, month
                """#
        )
    }

    @Test func `a rule for lateness that is not whole`() {
        let file = #"""
            sequence: a
            start: [manual]
            late: {than: skip}
            again: nver
            steps: [{step: x, after: 1 h, text: x}]
            """#
        #expect(
            problems(file) == #"""
                a.yaml:3:7: error: 'late' needs 'after'
                a.yaml:3:8: error: unknown key 'than' in 'late'; did you mean 'then'?
                a.yaml:4:8: error: 'nver' is not a value for 'again': write never, always or after a time ('after 90 days'); did you mean 'never'?
                """#
        )
    }
}
