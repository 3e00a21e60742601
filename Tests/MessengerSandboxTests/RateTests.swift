import Testing

@testable import MessengerSandbox

/// How much a page may call, and what it is told about that.
struct RateTests {
    @Test func `usage is told once it is noticeable, by everything that is called`() throws {
        let test = try TestPlatform.withOpenWindow()
        #expect(test.sendText().headers.isEmpty)
        let answer = test.get("5678", "fields=name")
        #expect(answer.headers.map(\.name) == ["X-App-Usage", "X-Business-Use-Case-Usage"])
        #expect(answer.headers[0].value == #"{"call_count":1,"total_cputime":1,"total_time":1}"#)
        #expect(
            answer.headers[1].value == """
                {"1234567890":[{"type":"messenger","call_count":1,"total_cputime":1,"total_time":1,\
                "estimated_time_to_regain_access":0}]}
                """
        )
        try test.write("hi", as: "9")
        #expect(test.get("5678").headers.isEmpty)
        #expect(test.get("5678").headers[0].value == #"{"call_count":1,"total_cputime":1,"total_time":1}"#)
    }

    @Test func `a page has 200 calls in 24 hours for each person who wrote, and refused ones count`() throws {
        let test = try TestPlatform.withOpenWindow()
        for _ in 1...100 { #expect(test.get("5678").status == 200) }
        test.now += 3_600_000
        for _ in 1...99 { #expect(test.get("5678").status == 200) }
        #expect(test.sendText().status == 200)
        let refused = test.sendText()
        #expect(refused.errorCode == "80006")
        #expect(
            refused.headers[1].value == """
                {"1234567890":[{"type":"messenger","call_count":100,"total_cputime":1,"total_time":1,\
                "estimated_time_to_regain_access":1380}]}
                """
        )
        test.now += 1379 * 60_000
        #expect(test.get("5678").errorCode == "80006")
        test.now += 60_000
        #expect(test.get("5678").headers[0].value == #"{"call_count":51,"total_cputime":1,"total_time":1}"#)
        try test.write("hi", as: "9")
        #expect(test.sendText().errorCode == "10/2018278")
    }

    @Test func `what a token that is not the page's calls does not count`() throws {
        let test = try TestPlatform.withOpenWindow()
        for _ in 1...300 { _ = test.send(GraphCall(object: "me", edge: "messages", query: "access_token=WRONG")) }
        #expect(test.sendText().headers.isEmpty)
    }

    @Test func `the 751st private reply of an hour is refused`() throws {
        var configuration = TestPlatform.configuration
        configuration.messagesPerSecond = 1000
        configuration.callsPerEngagedUser = 1000
        let test = TestPlatform(configuration)
        for _ in 1...750 { #expect(test.reply(to: try test.comment("giá?", as: "5678").id).status == 200) }
        let last = try test.comment("giá?", as: "5678")
        #expect(test.reply(to: last.id).errorCode == "613")
        test.now += 3_600_000
        #expect(test.reply(to: last.id).status == 200)
    }
}
