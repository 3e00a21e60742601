import Testing

@testable import SequenceFiles

/// Files made to cost much: each is answered at once, in one line or a hundred. (Without the limits the first five would
/// take hours.)
@Suite(.timeLimit(.minutes(1)))
struct YAMLBombTests {
    private static let size = 256 * 1024 - 64

    private static let laughs: String = {
        var text = "a: &a [x,x,x,x,x,x,x,x,x]\n"
        for (name, previous) in zip("bcdefgh", "abcdefg") {
            text += "\(name): &\(name) [" + Array(repeating: "*\(previous)", count: 9).joined(separator: ",") + "]\n"
        }
        return text
    }()

    private static let noAliases =
        "anchors ('&name') and aliases ('*name') are not supported: write the value out; "
        + "a text that begins with '&' or '*' must be in quotes"

    @Test(arguments: ["", "? *h\n: x\n", "*h : x\n", "{*h : x}: y\n"])
    func `nested aliases are refused before they are read`(end: String) {
        #expect(problems(Self.laughs + end) == "a.yaml:2:8: error: \(Self.noAliases)")
    }

    @Test func `the few aliases that are read cannot multiply`() {
        let list = Array(repeating: "x", count: 60_000).joined(separator: ",")
        let file = "a: &a [\(list)]\nb: &b [*a,*a]\n? [*b,*b]\n: x\n"
        #expect(problems(file).contains("error: more than 20000 values"))
    }

    @Test func `a text may speak of names and of stars`() {
        let file = """
            sequence: a
            start: [manual]
            steps:
              - step: x
                after: 1 h
                text: |
                  Q&a: *a* *a* *a* *a
                  ? x
                  *a : b
            """
        #expect(problems(file) == "")
    }

    @Test(arguments: [
        ("[", "a.yaml:1:1: error: nested too deeply"),
        ("- ", "a.yaml:1:1999: error: nested too deeply"),
        ("? ", "a.yaml:1:1999: error: nested too deeply"),
        ("{", "a.yaml:1:1: error: nested too deeply"),
        ("{\"a\":", "a.yaml:1:4996: error: nested too deeply"),
        ("a: ", "a.yaml:1:5: error: a ': ' within a text: put the text in quotes (or the line is indented too far)"),
        ("é", "a.yaml:1:1: error: a sequence must be a mapping ('key: value'), not a text"),
        ("#", "a.yaml:1:1: error: the file is empty"),
        ("\n", "a.yaml:1:1: error: the file is empty"),
        ("!", "a.yaml:1:1: error: tags ('!name') are not supported; a text that begins with '!' must be in quotes"),
    ])
    func `a quarter of a megabyte of one sign`(sign: String, problem: String) throws {
        let file = String(repeating: sign, count: Self.size / sign.utf8.count)
        #expect(problems(file).split(separator: "\n").first.map(String.init) == problem)
    }

    private static let keys: [String] = (0..<15_000).map { "é\($0): x" }
    private static let variables: [String] = (0..<20_000).map { "{{a\($0)}}" }
    private static let crowds: [String: String] = [
        "keys": keys.joined(separator: "\n"),
        "keys on a line": "{" + keys.joined(separator: ",") + "}",
        "entries": String(repeating: "- a\n", count: 60_000),
        "the same key": String(repeating: "k: x\n", count: 40_000),
        "a key and itself far away": "{k: x, \(String(repeating: "a, ", count: 80_000))k: y}",
        "braces": "sequence: a\nsteps:\n - text: \"" + String(repeating: "{{", count: 120_000) + "\"",
        "variables": "sequence: a\nsteps:\n - text: \"" + variables.joined(separator: " ") + "\"",
    ]

    @Test(arguments: crowds.keys.sorted())
    func `thousands of faults are cut off after a hundred`(crowd: String) throws {
        let file = try #require(Self.crowds[crowd])
        let lines = problems(file).split(separator: "\n")
        #expect(!lines.isEmpty && lines.count <= FileReport.most + 1)
    }

    @Test func `how many faults were left out is said`() {
        let keys = (1...102).map { "k\($0): x\n" }.joined()
        let lines = problems("sequence: a\nstart: [manual]\nsteps: [{step: x, after: 1 h, text: x}]\n" + keys)
            .split(separator: "\n")
        #expect(
            lines.suffix(2) == [
                "a.yaml:103:1: error: unknown key 'k100' in a sequence",
                "a.yaml:103:1: error: and 2 more after this one",
            ]
        )
    }

    @Test func `keys within keys are read or refused, never followed without end`() {
        #expect(problems(String(repeating: "? ", count: 900) + "a\n").contains("a key must be one word"))
        let nested = (0..<700).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        #expect(problems(nested).contains("a.yaml:34:34: error: nested too deeply"))
    }
}
