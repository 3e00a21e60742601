import DripCore
import Foundation
import Testing

@testable import SequenceFiles

/// Sequences that name each other.
struct ReferenceTests {
    private let first = #"""
        sequence: a
        start: [first_message]
        stop: [{sequence: tu-va}]
        steps:
          - step: x
            after: 1 h
            text: x
            buttons: [{title: A, start: tu-van}, {title: B, start: nowhere}]
            quick_replies: [{title: C, start: tuvan}]

        """#
    private let second = "sequence: tu-van\nstart: [manual]\nsteps: [{step: x, after: 1 h, text: x}]\n"

    @Test func `a sequence that is not there`() {
        #expect(
            problemsTogether(first, second) == #"""
                a.yaml:3:19: error: there is no sequence 'tu-va'; did you mean 'tu-van'?
                a.yaml:8:60: error: there is no sequence 'nowhere'
                a.yaml:9:39: error: there is no sequence 'tuvan'; did you mean 'tu-van'?
                tu-van.yaml:3:19: note: a start by hand or by a tag opens no window: 'x' reaches only people who wrote in the 24 hours before
                """#
        )
    }

    @Test func `a file alone is held against the names beside it, broken ones too`() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.yaml", first)
        try folder.write("tu-van.yaml", "broken: [")
        try folder.write("nowhere.json", "{}")
        let loaded = SequenceFolder.load(paths: [folder.path + "/a.yaml"], defaultZone: .gmt)
        #expect(
            loaded.diagnostics.map { $0.description.replacing(folder.path, with: "T") }.joined(separator: "\n") == """
                T/a.yaml:3:19: error: there is no sequence 'tu-va'; did you mean 'tu-van'?
                T/a.yaml:8:60: error: there is no sequence 'nowhere'
                T/a.yaml:9:39: error: there is no sequence 'tuvan'; did you mean 'tu-van'?
                """
        )
        #expect(loaded.files.map(\.path) == [folder.path + "/a.yaml"])
    }

    @Test func `a version that was kept is understood without the others`() {
        #expect(SequenceFolder.sequence(of: Array(first.utf8), path: "a.yaml")?.id == "a")
        #expect(SequenceFolder.sequence(of: Array("sequence: b".utf8), path: "b.yaml") == nil)
    }

    @Test func `files that came over a socket keep their bytes`() {
        let loaded = folder([second])
        #expect(loaded.files.map(\.bytes) == [Array(second.utf8)])
        #expect(loaded.catalog?.sequences.keys.sorted() == ["tu-van"])
    }
}
