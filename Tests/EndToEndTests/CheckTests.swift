import Foundation
import TestSupport
import Testing

/// What `dripd check` prints for people, for programs and for those who read its output elsewhere.
@Suite(.timeLimit(.minutes(2))) struct CheckTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try write(
            #"""
            sequence: a
            start: [frist_message, ref: 100%]
            steps:
              - {step: x, after: 1 h, text: "Chào {{city}}, 100%"}
              - {step: y, after: 2 h, text: x, at: "09:00"}
            """#,
            to: "Sequences/a.yaml"
        )
        try write(
            #"""
            sequence: b,c
            start: [first_message]
            steps: [{step: x, after: 1 h, text: x}]
            """#,
            to: "Sequences/b,c.yaml"
        )
        try write(
            #"""
            sequence: good
            start: [first_message]
            steps:
              - {step: x, after: 15 min, text: "{{Chào|Xin chào}} bạn", buttons: [{title: A, stop: true}]}
              - {step: y, after: 1 week, at: "09:00", images: ["https://example.com/a.jpg"], outside_window: [wait: 1 day]}
            """#,
            to: "good.yaml"
        )
    }

    private func write(_ content: String, to name: String) throws {
        let url = URL(filePath: directory.path + "/" + name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(content.utf8).write(to: url)
    }

    private func check(_ arguments: String...) async throws -> Program.Result {
        try await Program.run(["check"] + arguments, folder: directory.path)
    }

    @Test func `a warning and a note are no errors, and a note is shown only when asked for`() async throws {
        let quiet = try await check("good.yaml")
        #expect(quiet == Program.Result(status: 0, output: "1 file, 2 steps: nothing is wrong\n", errors: ""))
        let verbose = try await check("good.yaml", "--verbose")
        #expect(verbose.status == 0)
        #expect(
            verbose.output == """
                good.yaml:5:15: note: 'y' waits for the person to write: people who stay silent do not get it

                good.yaml
                STEP  AFTER            IF THE PERSON STAYS SILENT               TEXTS  LONGEST
                x     15 min           standard window                          2      12 of 640
                y     1 week at 09:00  only if the person writes, within 1 day  -      -

                1 file, 2 steps: nothing is wrong

                """
        )
    }

    @Test func `for programs`() async throws {
        let result = try await check("--format", "json")
        #expect(result.status == 1)
        #expect(
            result.output == #"""
                {
                  "diagnostics" : [
                    {
                      "column" : 9,
                      "file" : "Sequences/a.yaml",
                      "line" : 2,
                      "message" : "unknown start 'frist_message'",
                      "severity" : "error",
                      "suggestion" : "first_message"
                    },
                    {
                      "column" : 29,
                      "file" : "Sequences/a.yaml",
                      "line" : 2,
                      "message" : "'100%' cannot be a link's ref: Messenger takes letters (a-z), digits, '-', '_' and '='",
                      "severity" : "error",
                      "suggestion" : "100"
                    },
                    {
                      "column" : 39,
                      "file" : "Sequences/a.yaml",
                      "line" : 4,
                      "message" : "'city' can be empty; write {{city, default: \"…\"}}",
                      "severity" : "warning",
                      "suggestion" : null
                    },
                    {
                      "column" : 40,
                      "file" : "Sequences/a.yaml",
                      "line" : 5,
                      "message" : "'at' needs an 'after' of days, weeks or months: '2 h' after the start is a moment, which has its own time of day",
                      "severity" : "error",
                      "suggestion" : null
                    },
                    {
                      "column" : 11,
                      "file" : "Sequences/b,c.yaml",
                      "line" : 1,
                      "message" : "'b,c' is not an identity: use letters (a-z), digits and '-', at most 64 characters",
                      "severity" : "error",
                      "suggestion" : "b-c"
                    }
                  ],
                  "sequences" : [

                  ],
                  "summary" : {
                    "errors" : 4,
                    "files" : 2,
                    "notes" : 0,
                    "steps" : 0,
                    "warnings" : 1
                  }
                }

                """#
        )
    }

    @Test func `for programs, what is right`() async throws {
        let result = try await check("--format", "json", "good.yaml")
        #expect(result.status == 0)
        #expect(
            result.output == #"""
                {
                  "diagnostics" : [
                    {
                      "column" : 15,
                      "file" : "good.yaml",
                      "line" : 5,
                      "message" : "'y' waits for the person to write: people who stay silent do not get it",
                      "severity" : "note",
                      "suggestion" : null
                    }
                  ],
                  "sequences" : [
                    {
                      "file" : "good.yaml",
                      "sequence" : "good",
                      "steps" : [
                        {
                          "after" : "15 min",
                          "limit" : 640,
                          "longest" : 12,
                          "permission" : "standard window",
                          "step" : "x",
                          "texts" : 2
                        },
                        {
                          "after" : "1 week at 09:00",
                          "limit" : 1999,
                          "longest" : 0,
                          "permission" : "only if the person writes, within 1 day",
                          "step" : "y",
                          "texts" : 0
                        }
                      ]
                    }
                  ],
                  "summary" : {
                    "errors" : 0,
                    "files" : 1,
                    "notes" : 1,
                    "steps" : 2,
                    "warnings" : 0
                  }
                }

                """#
        )
    }

    @Test func `for GitHub's workflows, with its escapes`() async throws {
        let result = try await check("--format", "github")
        #expect(result.status == 1)
        #expect(
            result.output == #"""
                ::error file=Sequences/a.yaml,line=2,col=9::unknown start 'frist_message'; did you mean 'first_message'?
                ::error file=Sequences/a.yaml,line=2,col=29::'100%25' cannot be a link's ref: Messenger takes letters (a-z), digits, '-', '_' and '='; did you mean '100'?
                ::warning file=Sequences/a.yaml,line=4,col=39::'city' can be empty; write {{city, default: "…"}}
                ::error file=Sequences/a.yaml,line=5,col=40::'at' needs an 'after' of days, weeks or months: '2 h' after the start is a moment, which has its own time of day
                ::error file=Sequences/b%2Cc.yaml,line=1,col=11::'b,c' is not an identity: use letters (a-z), digits and '-', at most 64 characters; did you mean 'b-c'?
                2 files, 0 steps: 4 errors, 1 warning

                """#
        )
    }

    @Test func `a service finds files by the names that git has for them, from wherever they are checked`() async throws
    {
        try write("ref: refs/heads/main\n", to: ".git/HEAD")
        try write("sequence: sub\n", to: "Sequences/sub/sub.yaml")
        for (folder, path) in [("", "./Sequences/sub"), ("/Sequences", "./sub/"), ("/Sequences/sub", ".")] {
            let said = try await Program.run(
                ["check", "--format", "github", path],
                folder: directory.path + folder
            ).output
            #expect(said.hasPrefix("::error file=Sequences/sub/sub.yaml,line=1,col=1::a sequence needs 'start'"))
        }
    }

    @Test func `for code scanning`() async throws {
        try write("messenger: 1\n", to: "dripd.yaml")
        let result = try await check("--format", "sarif", directory.path + "/Sequences/b,c.yaml")
        #expect(result.status == 1)
        #expect(
            result.output == #"""
                {
                  "$schema" : "https://json.schemastore.org/sarif-2.1.0.json",
                  "runs" : [
                    {
                      "columnKind" : "unicodeCodePoints",
                      "results" : [
                        {
                          "level" : "error",
                          "locations" : [
                            {
                              "physicalLocation" : {
                                "artifactLocation" : {
                                  "uri" : "dripd.yaml"
                                },
                                "region" : {
                                  "startColumn" : 12,
                                  "startLine" : 1
                                }
                              }
                            }
                          ],
                          "message" : {
                            "text" : "'messenger' must be a mapping ('key: value'), not a text"
                          },
                          "ruleId" : "configuration"
                        },
                        {
                          "level" : "error",
                          "locations" : [
                            {
                              "physicalLocation" : {
                                "artifactLocation" : {
                                  "uri" : "Sequences/b%2Cc.yaml"
                                },
                                "region" : {
                                  "startColumn" : 11,
                                  "startLine" : 1
                                }
                              }
                            }
                          ],
                          "message" : {
                            "text" : "'b,c' is not an identity: use letters (a-z), digits and '-', at most 64 characters; did you mean 'b-c'?"
                          },
                          "ruleId" : "sequence"
                        }
                      ],
                      "tool" : {
                        "driver" : {
                          "name" : "dripd",
                          "rules" : [
                            {
                              "id" : "sequence",
                              "shortDescription" : {
                                "text" : "The sequence file is valid."
                              }
                            },
                            {
                              "id" : "configuration",
                              "shortDescription" : {
                                "text" : "The configuration is valid."
                              }
                            }
                          ],
                          "version" : "0.1.0"
                        }
                      }
                    }
                  ],
                  "version" : "2.1.0"
                }

                """#
        )
    }

    @Test func `a format that there is not`() async throws {
        #expect(try await check("--format", "xml").status == 64)
    }

    @Test func `the schema is the one beside the shipped sequences`() async throws {
        let shipped = try String(
            contentsOf: Program.project.appending(path: "Sequences/sequence.schema.json"),
            encoding: .utf8
        )
        #expect(try await check("--schema") == Program.Result(status: 0, output: shipped, errors: ""))
    }
}
