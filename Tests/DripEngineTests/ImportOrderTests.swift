import ControlAPI
import DripCore
import Foundation
import TestSupport
import Testing

@testable import DripEngine

@Suite struct ImportRequestTests {
    @Test func `people travel by columns, without those in which nobody has anything`() throws {
        var lan = PersonRecord(line: 2, page: nil, address: "1")
        lan.attributes = ["full_name": "Lan", "city": "Huế"]
        lan.tags = ["vip"]
        lan.lastMessageAt = .start
        var minh = PersonRecord(line: 3, page: nil, address: "2")
        minh.attributes = ["full_name": "Minh"]
        let order = ImportRequest(people: [lan, minh], sequence: "care", isTrial: false)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let text = String(decoding: try encoder.encode(order), as: UTF8.self)
        #expect(
            text
                == #"{"isTrial":false,"people":{"addresses":["1","2"],"attributes":{"city":["Huế",""],"#
                + #""full_name":["Lan","Minh"]},"lastMessages":[1799031600000,null],"lines":[2,3],"#
                + #""tags":[["vip"],[]]},"sequence":"care"}"#
        )
        let read = try JSONDecoder().decode(ImportRequest.self, from: Data(text.utf8))
        #expect(read.people == [lan, minh])
        #expect((read.sequence, read.isTrial) == ("care", false))
    }

    @Test func `all that a file may say of somebody arrives`() throws {
        var person = PersonRecord(line: 7, page: "99", address: "1")
        person.zone = "Asia/Tokyo"
        person.firstMessageAt = .start
        person.stoppedAt = .start + .hours(1)
        let order = ImportRequest(people: [person], sequence: nil, isTrial: true)
        let read = try JSONDecoder().decode(ImportRequest.self, from: try JSONEncoder().encode(order))
        #expect(read.people == [person])
        #expect((read.sequence, read.isTrial) == (nil, true))
    }

    @Test(arguments: [
        #""addresses":[]"#, #""addresses":["1"],"pages":[]"#, #""addresses":["1"],"tags":[]"#,
        #""addresses":["1"],"zones":["",""]"#, #""addresses":["1"],"firstMessages":[]"#,
        #""addresses":["1"],"lastMessages":[]"#, #""addresses":["1"],"stops":[]"#,
    ])
    func `a column that is too short or too long is none`(columns: String) throws {
        let text = #"{"people":{"lines":[1],"attributes":{},\#(columns)},"isTrial":false}"#
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(ImportRequest.self, from: Data(text.utf8)) }
    }

    @Test func `nor is a column of an attribute that is too short, or somebody with too many attributes`() throws {
        let many = (0...PersonRecord.mostAttributes).map { #""\#($0)":["x"]"# }.joined(separator: ",")
        for attributes in [#""city":[]"#, many] {
            let text = #"{"people":{"lines":[1],"addresses":["1"],"attributes":{\#(attributes)}},"isTrial":false}"#
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(ImportRequest.self, from: Data(text.utf8)) }
        }
    }

    @Test(arguments: [
        (
            #""attributes":{"city":["\#(String(repeating: "x", count: 1_001))"]}"#,
            "an attribute has more than 1000 characters"
        ),
        (
            #""attributes":{"\#(String(repeating: "n", count: 65))":["x"]}"#,
            "an attribute's name has more than 64 characters"
        ),
        (#""attributes":{},"tags":[[""]]"#, "a tag has from 1 to 64 characters"),
        (#""attributes":{},"tags":[["\#(String(repeating: "t", count: 65))"]]"#, "a tag has from 1 to 64 characters"),
        (#""attributes":{},"stops":[-9223372036854775808]"#, "a time is not within the years 1 to 9999"),
        (#""attributes":{},"lastMessages":[9223372036854775807]"#, "a time is not within the years 1 to 9999"),
    ])
    func `what is longer than anything that is kept is refused`(columns: String, why: String) {
        let text = #"{"people":{"lines":[1],"addresses":["1"],\#(columns)},"isTrial":false}"#
        let error = #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(ImportRequest.self, from: Data(text.utf8))
        }
        guard case .dataCorrupted(let context) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(context.debugDescription == why)
    }
}
