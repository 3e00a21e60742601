import Foundation
import Testing

@testable import SequenceFiles

struct JSONSchemaTests {
    private func parsed() throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(JSONSchema.text.utf8)) as? [String: Any])
    }

    @Test func `the file beside the shipped sequences is what check prints`() throws {
        let file = try String(contentsOfFile: ShippedSequences.folder + "/sequence.schema.json", encoding: .utf8)
        #expect(file == JSONSchema.text, "run: dripd check --schema > Sequences/sequence.schema.json")
    }

    @Test(arguments: ["cham-soc", "onboarding-en"])
    func `the shipped files name it in their first line`(name: String) throws {
        let file = try String(contentsOfFile: ShippedSequences.folder + "/\(name).yaml", encoding: .utf8)
        #expect(file.hasPrefix("# yaml-language-server: $schema=./sequence.schema.json\n"))
    }

    @Test func `its keys are the reader's keys, on every level`() throws {
        let top = try parsed()
        #expect(keys(top) == Set(SequenceSchema.top.keys))
        #expect(top["required"] as? [String] == ["sequence", "start", "steps"])
        let step = try items(top, "steps")
        #expect(keys(step) == Set(StepSchema.step.keys))
        #expect(keys(try items(step, "buttons")) == Set(StepSchema.button.keys))
        let replies = try #require(try items(step, "quick_replies")["anyOf"] as? [[String: Any]])
        #expect(replies.map(keys) == [[], Set(StepSchema.quickReply.keys)])
        let card = try items(step, "cards")
        #expect(keys(card) == Set(StepSchema.card.keys))
        #expect(keys(try items(card, "buttons")) == Set(StepSchema.button.keys))
        #expect(keys(try items(step, "variants")) == Set(StepSchema.variant.keys))
        #expect(keys(try items(top, "moved")) == Set(SequenceSchema.move.keys))
        #expect(keys(try property(top, "late")) == Set(SequenceSchema.late.keys))
    }

    @Test func `every key is described`() throws {
        var undescribed: [String] = []
        func look(at value: Any, path: String) {
            for item in value as? [Any] ?? [] { look(at: item, path: path) }
            guard let object = value as? [String: Any] else { return }
            for (key, property) in object["properties"] as? [String: [String: Any]] ?? [:] {
                if (property["description"] as? String ?? "").isEmpty { undescribed.append("\(path).\(key)") }
            }
            for (key, value) in object { look(at: value, path: "\(path).\(key)") }
        }
        look(at: try parsed(), path: "")
        #expect(undescribed == [])
    }

    /// A pattern that no value of the format matches would mark right files as wrong.
    @Test(arguments: [
        (
            OffsetParser.pattern, ["15 min", "1 day", "2 tuần", "15 phút", "15 phu\u{301}t", "3 Hours", "90s"],
            ["15", "1 year"]
        ),
        (QuietParser.pattern, ["21:30-08:00", "21:30 - 08:00"], ["9:00-8", "21:30-24:00"]),
        (WeekdaysParser.pattern, ["mon-sat", "mon,wed,fri", "Mon, Wed - Fri"], ["monday", "mon-"]),
        (IdentityParser.pattern, ["cham-soc", "a", "1"], ["-a", "chăm-sóc", ""]),
        (TagParser.pattern, ["khách-quen", "vip_2"], ["a b", "a/b"]),
    ])
    func `patterns`(pattern: String, right: [String], wrong: [String]) throws {
        let expression = try NSRegularExpression(pattern: pattern)
        func matches(_ text: String) -> Bool {
            expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
        }
        #expect(right.filter { !matches($0) } == [])
        #expect(wrong.filter(matches) == [])
    }

    private func keys(_ object: [String: Any]) -> Set<String> {
        Set((object["properties"] as? [String: Any] ?? [:]).keys)
    }

    private func property(_ object: [String: Any], _ key: String) throws -> [String: Any] {
        let properties = try #require(object["properties"] as? [String: Any])
        return try #require(properties[key] as? [String: Any])
    }

    private func items(_ object: [String: Any], _ key: String) throws -> [String: Any] {
        try #require(try property(object, key)["items"] as? [String: Any])
    }
}
