import DripCore
import Foundation
import TestSupport
import Testing

@testable import Channels

@Suite struct ProfileResponseTests {
    @Test func `names, locale and time zone, as the platform's example has them`() {
        let answer = answer(
            #"""
            {"first_name":"Peter","last_name":"Chang","profile_pic":"https://example.com/p.jpg","locale":"en_US",\#
            "timezone":-7,"gender":"male"}
            """#
        )
        #expect(
            answer
                == .found(
                    Profile(
                        attributes: [
                            "first_name": "Peter", "last_name": "Chang", "full_name": "Peter Chang", "locale": "en_US",
                        ],
                        zone: TimeZone(secondsFromGMT: -7 * 3600)
                    )
                )
        )
    }

    @Test func `the whole name comes first, blanks count for nothing, a fraction of an hour is a zone`() {
        let answer = answer(#"{"name":" Nguyễn Thị Lan ","first_name":"Lan","last_name":"  ","timezone":5.5,"id":"1"}"#)
        let expected = Profile(
            attributes: ["first_name": "Lan", "full_name": "Nguyễn Thị Lan"],
            zone: TimeZone(secondsFromGMT: 19_800)
        )
        #expect(answer == .found(expected))
    }

    @Test(arguments: [
        #"{}"#, #"{"id":"5678"}"#, #"{"first_name":"","timezone":99}"#,
        #"{"error":{"code":100,"error_subcode":2018218,"message":"No profile available"}}"#,
        #"{"error":{"code":100,"error_subcode":33,"message":"does not exist"}}"#,
        #"{"error":{"code":551,"message":"not available"}}"#,
    ])
    func `what the platform withholds, it withholds`(body: String) {
        #expect(answer(body) == .withheld)
    }

    @Test func `a page's trouble, and an answer of somebody else, are for later`() {
        #expect(answer(#"{"error":{"code":190,"message":"Invalid token"}}"#) == .later(why: "190 Invalid token"))
        #expect(answer(#"{"error":{"code":4,"message":"Slow"}}"#) == .later(why: "4 Slow"))
        #expect(answer(#"{"error":{"code":2,"message":"Unexpected"}}"#) == .failed(why: "2 Unexpected"))
        #expect(
            answer("<html>", status: 502) == .later(why: "HTTP 502 with an answer that is not the platform's")
        )
    }

    @Test func `the question names the fields, and the token`() async throws {
        let transport = ScriptedTransport(.success(.json(200, #"{"name":"Lan"}"#)))
        let channel = MessengerChannel(
            transport: transport,
            graphURL: "https://graph.example/v25.0",
            tokens: ["1": "t k"]
        )
        let answer = await channel.profile(of: "56/78", on: "1", fields: ["first_name", "name"])
        #expect(answer == .found(Profile(attributes: ["full_name": "Lan"], zone: nil)))
        #expect(
            transport.requests.map(\.url)
                == ["https://graph.example/v25.0/56%2F78?fields=first_name%2Cname"]
        )
        #expect(transport.requests.map(\.headers) == [[HTTPHeader("Authorization", "Bearer t k")]])
        #expect(
            await channel.profile(of: "5678", on: "2", fields: ["name"])
                == .later(why: "page 2 is not in the configuration any more")
        )
    }

    private func answer(_ body: String, status: Int = 200) -> ProfileAnswer {
        ProfileResponse(.json(status, body)).answer
    }
}
