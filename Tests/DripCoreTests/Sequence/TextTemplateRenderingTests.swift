import Testing

@testable import DripCore

struct TextTemplateRenderingTests {
    private func rendered(_ text: String, seed: UInt64 = 0, _ values: [String: String] = [:]) throws -> String {
        try TextTemplate(parsing: text).rendered(seed: seed) { values[$0] }
    }

    @Test func `a value takes its variable's place, trimmed`() throws {
        #expect(try rendered("Chào {{full_name}}!", ["full_name": " Hà "]) == "Chào Hà!")
    }

    @Test func `a value's own braces stay as they are`() throws {
        #expect(try rendered("Chào {{full_name}}!", ["full_name": "{{city}}"]) == "Chào {{city}}!")
    }

    @Test(arguments: [[:], ["full_name": ""], ["full_name": " \n"]])
    func `a fallback stands in for a name that is not there`(values: [String: String]) throws {
        #expect(try rendered(#"Chào {{full_name, default: "bạn"}}, ..."#, values) == "Chào bạn, ...")
    }

    @Test(arguments: [
        ("Chào {{x}}, cảm ơn", "Chào, cảm ơn"),
        ("{{x}} ơi, cảm ơn", "ơi, cảm ơn"),
        ("{{x}}, cảm ơn", "cảm ơn"),
        ("Chào {{x}}!\n{{x}}, cảm ơn {{x}} nhé", "Chào!\ncảm ơn nhé"),
        ("{{x}} {{x}} Chào", "Chào"),
        ("Chào {{x}}", "Chào"),
        (#"Cảm ơn {{x, default: ""}}."#, "Cảm ơn."),
        ("{{x}}", ""),
        ("  \n", ""),
    ])
    func `a name that is not there leaves no trace`(text: String, expected: String) throws {
        #expect(try rendered(text) == expected)
    }

    @Test func `nor does the empty word of a list`() throws {
        let texts = Set(try (0..<64 as Range<UInt64>).map { try rendered("Cảm ơn bạn {{ạ|}}.", seed: $0) })
        #expect(texts == ["Cảm ơn bạn ạ.", "Cảm ơn bạn."])
    }

    @Test func `the same seed gives the same words, and every word comes up`() throws {
        let text = "{{a|b|c}}{{d|e}}"
        let all = try (0..<256 as Range<UInt64>).map { try rendered(text, seed: $0) }
        #expect(all == (try (0..<256 as Range<UInt64>).map { try rendered(text, seed: $0) }))
        #expect(Set(all) == ["ad", "ae", "bd", "be", "cd", "ce"])
    }

    @Test func `the choice of a person is the same in every version`() throws {
        let seed = StableHash.of(
            page: "1577703145783617",
            address: "psid-1",
            sequence: "cham-soc",
            step: "chao",
            round: 1
        )
        #expect(seed == 11_068_865_439_344_692_103)
        #expect(try rendered("{{1|2|3|4|5|6|7|8}}{{1|2|3|4|5|6|7|8}}", seed: seed) == "62")
    }

    @Test func `a person, a step and a round each have a seed of their own`() {
        let seeds = Set([
            StableHash.of(page: "1", address: "2", sequence: "a", step: "b", round: 1),
            StableHash.of(page: "12", address: "", sequence: "a", step: "b", round: 1),
            StableHash.of(page: "1", address: "3", sequence: "a", step: "b", round: 1),
            StableHash.of(page: "1", address: "2", sequence: "ab", step: "", round: 1),
            StableHash.of(page: "1", address: "2", sequence: "a", step: "b", round: 2),
        ])
        #expect(seeds.count == 5)
    }

    @Test func `a list's words come up about equally often`() {
        var counts = [0, 0, 0]
        for person in 0..<30_000 {
            let seed = StableHash.of(page: "1", address: String(person), sequence: "a", step: "b", round: 1)
            counts[StableHash.pick(from: 3, seed: seed, index: 0)] += 1
        }
        #expect(counts.allSatisfy { (9_700...10_300).contains($0) }, "\(counts)")
    }

    @Test func `the number of variants and the longest text`() throws {
        let template = try TextTemplate(parsing: #"{{Chào|Xin chào}} {{full_name, default: "bạn"}} {{a|b|c}}{{city}}"#)
        #expect(template.variants == 6)
        #expect(template.longestScalars(variableScalars: 0) == 8 + 1 + 3 + 1 + 1)
        #expect(template.longestScalars(variableScalars: 10) == 8 + 1 + 10 + 1 + 1 + 10)
        #expect(template.variablesWithoutFallback == ["city"])
    }

    @Test func `a letter and its marks count as the scalars that they are`() throws {
        #expect(try TextTemplate(parsing: "\u{1ec1}").longestScalars(variableScalars: 0) == 1)
        #expect(try TextTemplate(parsing: "e\u{302}\u{300}").longestScalars(variableScalars: 0) == 3)
    }

    @Test func `more variants than can be counted are as many as can be`() throws {
        let text = String(repeating: "{{a|b|c|d}}", count: 40)
        #expect(try TextTemplate(parsing: text).variants == .max)
    }
}
