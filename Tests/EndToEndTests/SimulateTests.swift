import DripEngine
import Foundation
import TestSupport
import Testing

/// `dripd simulate`, with the real binary.
@Suite(.timeLimit(.minutes(1))) struct SimulateTests {
    private static let care = """
        sequence: care
        title: Care
        start: [first_message]
        quiet: 21:30-08:00
        steps:
          - {step: hello, after: 15 min, text: "Hello {{first_name, default: \\"you\\"}}"}
          - {step: day, after: 1 day, text: "Day"}

        """

    @Test func `the shipped timelines are what the shipped files do`() async throws {
        let result = try await Program.run("simulate", "--check", folder: Program.project.path)
        #expect(result == Program.Result(status: 0, output: "12 timelines: as expected\n", errors: ""))
    }

    @Test func `a month as its owner reads it`() async throws {
        let folder = try shop()
        let result = try await Program.run(
            "simulate",
            "care.yaml",
            "--start",
            "2027-01-30 21:50",
            "--reply",
            "+2 days: Còn không?",
            folder: folder.path
        )
        #expect(
            result.output == """
                care, started by 'first_message': Nguyễn Thị Lan, times in Asia/Ho_Chi_Minh

                Sat 2027-01-30 21:50         starts: the person's first message
                Sun 2027-01-31 08:00  hello  sent in the 24-hour window, moved here from Sat 2027-01-30 22:05 by quiet: 21:30-08:00
                                             │ Hello Lan
                Mon 2027-02-01 08:00  day    the 24-hour window is closed: waits for the person to write, until Tue 2027-02-02 08:00, \
                moved here from Sun 2027-01-31 21:50 by quiet: 21:30-08:00
                Mon 2027-02-01 21:50         the person writes: Còn không?
                Mon 2027-02-01 21:50  day    nothing is sent at this hour or on this day: waits, until Tue 2027-02-02 08:00, \
                due Mon 2027-02-01 08:00
                Tue 2027-02-02 08:00  day    sent in the 24-hour window, due Mon 2027-02-01 08:00
                                             │ Day
                Tue 2027-02-02 08:00         over: nothing is left to send

                2 sent, 0 skipped

                """
        )
        #expect(result.errors == "")
    }

    @Test func `typing and a persona are said`() async throws {
        let folder = try TemporaryDirectory()
        try write(
            """
            sequence: a
            start: [first_message]
            typing: 5 s
            steps: [{step: hello, after: 1 h, persona: 42, text: Hi}]

            """,
            to: "a.yaml",
            in: folder
        )
        let result = try await Program.run("simulate", "a.yaml", "--start", "2027-01-30 10:00", folder: folder.path)
        #expect(
            result.output == """
                a, started by 'first_message': Nguyễn Thị Lan, times in Asia/Ho_Chi_Minh

                Sat 2027-01-30 10:00            starts: the person's first message
                Sat 2027-01-30 11:00:05  hello  sent in the 24-hour window, after 5 s of typing, due Sat 2027-01-30 11:00
                                                │ (as persona 42)
                                                │ Hi
                Sat 2027-01-30 11:00:05         over: nothing is left to send

                1 sent, 0 skipped

                """
        )
    }

    @Test func `the limits of a configuration beside the file hold, for simulate and for check`() async throws {
        let folder = try TemporaryDirectory()
        let steps = (1...3).map { "{step: s\($0), after: \($0) h, text: Hi}" }.joined(separator: ", ")
        try FileManager.default.createDirectory(atPath: folder.path + "/Sequences", withIntermediateDirectories: true)
        try write("sequence: a\nstart: [first_message]\nsteps: [\(steps)]\n", to: "Sequences/a.yaml", in: folder)
        let config = """
            messenger:
              app_secret: {env: A}
              verify_token: {env: B}
              pages: [{id: "1", token: {env: C}}]
            messages_per_person_per_day: 1

            """
        try write(config, to: "dripd.yaml", in: folder)
        let expected = """
            a, started by 'first_message': Nguyễn Thị Lan, times in Asia/Ho_Chi_Minh

            Mon 2027-01-04 09:00      starts: the person's first message
            Mon 2027-01-04 10:00  s1  sent in the 24-hour window
                                      │ Hi
            Mon 2027-01-04 11:00  s2  the day's limit is reached (messages_per_person_per_day): waits for the next day, until Tue \
            2027-01-05 10:00
            Tue 2027-01-05 10:00  s2  the 24-hour window is closed: waits for the person to write, until Wed 2027-01-06 11:00, \
            due Mon 2027-01-04 11:00
            Wed 2027-01-06 11:00  s2  skipped: the day's limit (messages_per_person_per_day) held it until it was too late \
            (daily_limit), due Mon 2027-01-04 11:00
            Wed 2027-01-06 11:00  s3  the 24-hour window is closed: waits for the person to write, until Wed 2027-01-06 12:00, \
            due Mon 2027-01-04 12:00
            Wed 2027-01-06 12:00  s3  skipped: the day's limit (messages_per_person_per_day) held it until it was too late \
            (daily_limit), due Mon 2027-01-04 12:00
            Wed 2027-01-06 12:00      over: nothing is left to send

            1 sent, 2 skipped

            """
        for (place, file) in [(folder.path, "Sequences/a.yaml"), ("/", folder.path + "/Sequences/a.yaml")] {
            let result = try await Program.run("simulate", file, folder: place)
            #expect(result.output == expected)
            let check = try await Program.run("check", file, folder: place)
            #expect(check.output.contains("warning: a person gets 1 message a day at most"))
        }
        try write(config.replacing("per_day: 1", with: "per_day: none"), to: "other.yaml", in: folder)
        let other = try await Program.run(
            "simulate",
            "Sequences/a.yaml",
            "--config",
            "other.yaml",
            folder: folder.path
        )
        #expect(other.output.hasSuffix("\n3 sent, 0 skipped\n"))
        let bare = try shop()
        try write(
            "sequence: a\nstart: [first_message]\nsteps: [\(steps), {step: s4, after: 4 h, text: Hi}]\n",
            to: "a.yaml",
            in: bare
        )
        let standard = try await Program.run("simulate", "a.yaml", folder: bare.path)
        #expect(standard.output.hasSuffix("\n3 sent, 1 skipped\n"))
    }

    @Test func `a person from a file, and what may be wrong with it`() async throws {
        let folder = try shop()
        try write(#"{"attributes": {"first_name": "Minh"}, "zone": "Europe/Berlin"}"#, to: "minh.json", in: folder)
        let result = try await Program.run(
            "simulate",
            "care.yaml",
            "--person",
            "minh.json",
            "--json",
            folder: folder.path
        )
        let timeline = try JSONDecoder().decode(Timeline.self, from: Data(result.output.utf8))
        #expect(timeline.zone == "Europe/Berlin")
        #expect(timeline.entries.flatMap(\.messages).first?.text == "Hello Minh")
        try write(#"{"name": "Minh"}"#, to: "minh.json", in: folder)
        let wrong = try await Program.run("simulate", "care.yaml", "--person", "minh.json", folder: folder.path)
        #expect(wrong.status == 1)
        #expect(
            wrong.errors
                == "Error: minh.json: unknown key 'name'; the keys are attributes, tags, zone, page, person\n"
        )
    }

    @Test func `timelines are recorded, compared and updated`() async throws {
        let folder = try shop()
        let made = try await Program.run("simulate", "--update", "care.yaml", folder: folder.path)
        #expect(made.output.hasSuffix("3 timelines: 3 updated\n"))
        let kept = try await Program.run("simulate", "--check", ".", folder: folder.path)
        #expect(kept == Program.Result(status: 0, output: "3 timelines: as expected\n", errors: ""))
        let written = try String(contentsOfFile: folder.path + "/care.expected", encoding: .utf8)
        #expect(written.hasPrefix("# dripd simulate care.yaml\n\ncare, started by"))

        try write(Self.care.replacing("Hello", with: "Good day"), to: "care.yaml", in: folder)
        let changed = try await Program.run("simulate", "--check", "care.yaml", folder: folder.path)
        #expect(changed.status == 1)
        #expect(
            changed.output.hasPrefix(
                """
                care.expected: dripd simulate care.yaml
                    Mon 2027-01-04 09:00         starts: the person's first message
                    Mon 2027-01-04 09:15  hello  sent in the 24-hour window
                  -                              │ Hello Lan
                  +                              │ Good day Lan
                    Tue 2027-01-05 09:00  day    the 24-hour window is closed: waits for the person to write, until Wed 2027-01-06 09:00
                    Wed 2027-01-06 09:00  day    skipped: the 24-hour window stayed closed (window_closed), due Tue 2027-01-05 09:00

                """
            )
        )
        #expect(
            changed.output.hasSuffix(
                "3 timelines: 3 not as expected; if that is intended, run `dripd simulate --update`\n"
            )
        )
        let anew = try await Program.run("simulate", "--update", ".", folder: folder.path)
        #expect(anew.status == 0)
        #expect(try await Program.run("simulate", "--check", ".", folder: folder.path).status == 0)
    }

    @Test func `a command that cannot be played is named`() async throws {
        let folder = try shop()
        try write("# dripd simulate other.yaml --reply '3 days'\n", to: "care.expected", in: folder)
        let result = try await Program.run("simulate", "--check", ".", folder: folder.path)
        #expect(result.status == 1)
        #expect(
            result.errors == """
                Error: ./care.expected: # dripd simulate other.yaml --reply '3 days'
                \(folder.path)/other.yaml: error: no such file or folder

                """
        )
    }

    @Test(arguments: [["simulate"], ["simulate", "a.yaml", "b.yaml"], ["simulate", "--check", "--update"]])
    func `wrong usage ends with 64`(arguments: [String]) async throws {
        #expect(try await Program.run(arguments).status == 64)
    }

    private func shop() throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory()
        try write(Self.care, to: "care.yaml", in: folder)
        return folder
    }

    private func write(_ content: String, to name: String, in folder: TemporaryDirectory) throws {
        try Data(content.utf8).write(to: URL(filePath: folder.path + "/" + name))
    }
}
