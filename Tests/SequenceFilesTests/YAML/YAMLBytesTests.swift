import DripCore
import Testing

@testable import SequenceFiles

/// What is said about files whose bytes are no text, or another one than it seems.
struct YAMLBytesTests {
    @Test func `a byte that is not UTF-8 is found behind Vietnamese letters`() {
        let bytes = Array("sequence: a\ntitle: Chào ".utf8) + [0xe9] + Array("\nx: \u{e9}".utf8)
        #expect(problems(bytes) == "a.yaml:2:13: error: byte 0xE9 is not UTF-8; save the file in UTF-8")
    }

    @Test func `a file that ends within a letter`() {
        let bytes = Array("sequence: a\ntitle: ".utf8) + [0xc3]
        #expect(problems(bytes) == "a.yaml:2:8: error: byte 0xC3 is not UTF-8; save the file in UTF-8")
    }

    @Test(arguments: [[0xff, 0xfe, 0x61, 0x00], [0xfe, 0xff, 0x00, 0x61]] as [[UInt8]])
    func `UTF-16 is called by its name`(bytes: [UInt8]) {
        #expect(problems(bytes) == "a.yaml:1:1: error: the file is in UTF-16; save it in UTF-8")
    }

    @Test func `invisible characters are all found`() {
        #expect(
            problems("sequence: a\u{7}b\ntitle: x\u{2028}y\u{feff}\u{85}\u{0}\n") == """
                a.yaml:1:12: error: the invisible character U+0007 is not allowed; delete it
                a.yaml:2:9: error: the invisible character U+2028 is not allowed; delete it
                a.yaml:2:11: error: the invisible character U+FEFF is not allowed; delete it
                a.yaml:2:12: error: the invisible character U+0085 is not allowed; delete it
                a.yaml:2:13: error: the invisible character U+0000 is not allowed; delete it
                """
        )
    }

    @Test func `a tab in the indentation is found where it is`() {
        #expect(
            problems("sequence: a\nsteps:\n  \t- step: x\n")
                == "a.yaml:3:3: error: a tab in the indentation: YAML takes spaces only"
        )
    }

    @Test func `no bytes at all`() {
        #expect(problems("") == "a.yaml:1:1: error: the file is empty")
        #expect(problems("\u{feff}") == "a.yaml:1:1: error: the file is empty")
    }

    @Test func `a byte order mark and Windows' line ends change neither the text nor the places`() throws {
        let unix =
            "sequence: a\nstart: [manual]\nsteps:\n  - step: x\n    after: 1 h\n    text: |\n      Một\n      hai\n"
        let windows = "\u{feff}" + unix.replacing("\n", with: "\r\n")
        let reader = SequenceReader(bytes: Array(windows.utf8), path: "a.yaml")
        #expect(reader.report.diagnostics.isEmpty)
        #expect(reader.sequence?.steps[0].variants.first?.text.segments == [.literal("Một\nhai")])
        #expect(
            problems(
                "\u{feff}sequence: a\r\nstart: [manual]\r\ntitel: x\r\nsteps: [{step: x, after: 1 h, text: x}]\r\n"
            )
                == "a.yaml:3:1: error: unknown key 'titel' in a sequence; did you mean 'title'?"
        )
    }

    @Test func `a column counts characters, however many scalars and bytes they have`() {
        let line = "- {step: x, after: 1 h, text: Chào 👨‍👩‍👧 e\u{302}\u{301}, colour: x}"
        let column = line.distance(from: line.startIndex, to: line.firstRange(of: "colour")!.lowerBound) + 1
        #expect(column == 41)
        #expect(
            problems("sequence: a\nstart: [manual]\nsteps:\n\(line)\n")
                == "a.yaml:4:41: error: unknown key 'colour' in a step"
        )
    }
}
