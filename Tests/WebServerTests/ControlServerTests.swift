import Channels
import ControlAPI
import DripCore
import DripEngine
import Foundation
import Logging
import TestSupport
import Testing
import WebServer

@testable import DripStore

/// The control API, over a Unix socket. Its clock stands at 10:00 of a Monday; two people wrote at that moment.
@Suite(.timeLimit(.minutes(5)))
struct ControlServerTests {
    @Test func `status`() async throws {
        try await ControlSite.run { site in
            let response = try await site.get("/status")
            #expect(response.status == 200)
            #expect(response.headers["content-type"] == "application/json")
            #expect(
                response.text == #"""
                    {"now":"2027-01-04T03:00:00.000Z","pages":[{"page":"1234567890","state":"open"}],\#
                    "sequences":["by-hand","care"],"sums":{"enrolled":2,"failed":0,"inDoubt":0,\#
                    "nextDue":"2027-01-04T03:15:00.000Z","paused":0,"people":2,"sent":0,"skipped":0,"undecided":0,"underWay":2},\#
                    "uploadTroubles":[],"version":"1.2.3"}
                    """#
            )
        }
    }

    @Test func `people, a page at a time`() async throws {
        try await ControlSite.run { site in
            let first = try await site.get("/people?limit=1")
            #expect(
                first.text == #"""
                    [{"attributes":{},"firstMessageAt":"2027-01-04T03:00:00.000Z","lastWroteAt":"2027-01-04T03:00:00.000Z",\#
                    "page":"1234567890","person":"5678","tags":[],"underWay":["care"],"windowEnds":"2027-01-05T03:00:00.000Z"}]
                    """#
            )
            let second = try await site.get("/people?after=5678")
            #expect(
                second.text.contains(#""page":"1234567890","person":"9""#) && !second.text.contains(#""person":"5678""#)
            )
            #expect(try await site.get("/people?after=9").text == "[]")
        }
    }

    @Test func `a hold that is not there can be asked after and not be ended`() async throws {
        try await ControlSite.run { site in
            let report = try await site.get("/hold")
            #expect(report.text == #"{"due":0,"missed":0,"steps":[]}"#)
            let adopted = try await site.post("/hold/adopt", #"{"sendMissed":false}"#)
            #expect(adopted.status == 409)
            #expect(adopted.text == #"{"error":"nothing is on hold; see `dripd status`"}"#)
        }
    }

    @Test func `a walk through the conversations, and how far it is`() async throws {
        try await ControlSite.run { site in
            #expect(try await site.get("/sync").text == "[]")
            let begun = try await site.post("/sync", #"{"sequence":"care","wroteWithin":{"milliseconds":86400000}}"#)
            #expect(
                begun.text == #"""
                    [{"conversations":0,"enrolled":0,"page":"1234567890","people":0,\#
                    "request":{"sequence":"care","since":"2027-01-03T03:00:00.000Z"},\#
                    "startedAt":"2027-01-04T03:00:00.000Z"}]
                    """#
            )
            // One that is under way is joined, whatever is asked for.
            #expect(try await site.post("/sync", "{}").text == begun.text)
            let page = try await site.post("/sync", #"{"page":"9"}"#)
            #expect((page.status, page.text) == (404, #"{"error":"page 9 is not in the configuration"}"#))
            let sequence = try await site.post("/sync", #"{"sequence":"nope"}"#)
            #expect(sequence.status == 404)
        }
    }

    @Test func `the comments below a post, those that fit`() async throws {
        try await ControlSite.run { site in
            let all = try await site.post("/comments", #"{"post":"901"}"#)
            #expect(
                all.text == #"""
                    {"comments":[{"at":"2027-01-04T03:00:00.000Z","author":"77","id":"901_1","mayBeRepliedTo":true,\#
                    "name":"Lan","text":"ĐÃ SHARE rồi"},{"at":"2027-01-04T03:00:00.000Z","id":"901_2"}],"next":"b="}
                    """#
            )
            let some = try await site.post("/comments", #"{"post":"901","contains":"đã share","isAnswered":false}"#)
            #expect(some.text.contains("901_1") && !some.text.contains("901_2"))
            let answered = try await site.post("/comments", #"{"post":"901","isAnswered":true}"#)
            #expect(answered.text == #"{"comments":[],"next":"b="}"#)
            for (post, status) in [
                ("x", 400), ("9_1", 404), ("1234567890_404", 404), ("1234567890_403", 409), ("503", 503),
            ] {
                #expect(try await site.post("/comments", #"{"post":"\#(post)"}"#).status == status)
            }
            #expect(
                try await site.post("/comments", #"{"post":"404"}"#).text == #"""
                    {"error":"the platform does not show post 1234567890_404 to page 1234567890 (100/33 no). Is the id right, and \#
                    does the page's token have pages_read_engagement and pages_read_user_content? `dripd doctor` checks the token"}
                    """#
            )
        }
    }

    @Test func `one person, with all that was and is to be sent`() async throws {
        try await ControlSite.run { site in
            let response = try await site.get("/people/one?person=1234567890%2F5678")
            #expect(
                response.text == #"""
                    {"addresses":[{"account":"1234567890","address":"messenger:1234567890/5678","channel":"messenger",\#
                    "externalID":"5678","since":"2027-01-04T03:00:00.000Z","windowEnds":"2027-01-05T03:00:00.000Z"}],\#
                    "consent":[],"enrollments":[{"anchor":"2027-01-04T03:00:00.000Z","cause":"first_message",\#
                    "deliveries":[],"next":{"due":"2027-01-04T03:15:00.000Z","scheduled":"2027-01-04T03:15:00.000Z","sending":false,\#
                    "step":"hello"},"round":1,"sequence":"care"}],"pseudonym":"7ea0d0cda0cc43f8",\#
                    "summary":{"attributes":{},"firstMessageAt":"2027-01-04T03:00:00.000Z","lastWroteAt":"2027-01-04T03:00:00.000Z",\#
                    "page":"1234567890","person":"5678","tags":[],"underWay":["care"],"windowEnds":"2027-01-05T03:00:00.000Z"}}
                    """#
            )
            let unknown = try await site.get("/people/one?person=1")
            #expect(unknown.status == 404)
            #expect(unknown.text == #"{"error":"no person is known as '1'; `dripd people list` lists them"}"#)
        }
    }

    @Test func `one person, with what will become of each step and why`() async throws {
        try await ControlSite.run { site in
            let response = try await site.get("/people/explain?person=5678")
            #expect(response.status == 200)
            #expect(
                response.text.contains(
                    #"""
                    "forecast":{"end":"finished","steps":[{"at":"2027-01-04T03:15:00.000Z","channel":"messenger",\#
                    "due":"2027-01-04T03:15:00.000Z",\#
                    "permission":"standard_window","step":"hello","verdict":"sent","waits":[]}
                    """#
                )
            )
            let unknown = try await site.get("/people/explain?person=1")
            #expect(unknown.status == 404)
        }
    }

    @Test func `jobs, of one state or of all`() async throws {
        try await ControlSite.run { site in
            let job = #"""
                {"attempt":0,"due":"2027-01-04T03:15:00.000Z","page":"1234567890","person":"5678","sequence":"care",\#
                "state":"waiting","step":"hello"}
                """#
            #expect(try await site.get("/jobs?limit=1").text == "[\(job)]")
            #expect(try await site.get("/jobs?state=waiting&limit=1").text == "[\(job)]")
            #expect(try await site.get("/jobs?state=in_doubt").text == "[]")
            let unknown = try await site.get("/jobs?state=lost")
            #expect(unknown.status == 400)
            #expect(unknown.text == #"{"error":"state is one of waiting, sending, in_doubt"}"#)
        }
    }

    @Test(arguments: ["0", "-1", "10001", "x", ""])
    func `a limit is a number in range`(limit: String) async throws {
        try await ControlSite.run { site in
            for path in ["people", "jobs"] {
                let response = try await site.get("/\(path)?limit=\(limit)")
                #expect(response.status == 400)
                #expect(response.text == #"{"error":"limit is a number from 1 to 10000"}"#)
            }
        }
    }

    @Test func `enrolling`() async throws {
        try await ControlSite.run { site in
            let order = #"{"person":"5678","sequence":"by-hand","again":false}"#
            let enrolled = try await site.post("/people/enroll", order)
            #expect((enrolled.status, enrolled.text) == (200, #"{"due":"2027-01-04T03:01:00.000Z","step":"now"}"#))
            let twice = try await site.post("/people/enroll", order)
            #expect(twice.status == 409)
            #expect(twice.text == #"{"error":"5678 is under way in 'by-hand' already"}"#)
            let unknown = try await site.post("/people/enroll", #"{"person":"5678","sequence":"x","again":false}"#)
            #expect((unknown.status, unknown.text) == (404, #"{"error":"there is no sequence 'x' in force"}"#))
        }
    }

    @Test func `stopping`() async throws {
        try await ControlSite.run { site in
            let one = try await site.post("/people/stop", #"{"person":"5678","sequence":"care"}"#)
            #expect((one.status, one.text) == (200, #"{"stopped":["care"]}"#))
            let all = try await site.post("/people/stop", #"{"person":"5678"}"#)
            #expect((all.status, all.text) == (200, #"{"stopped":[]}"#))
            let enrolling = try await site.post(
                "/people/enroll",
                #"{"person":"5678","sequence":"by-hand","again":false}"#
            )
            #expect(enrolling.status == 409)
            #expect(
                enrolling.text
                    == #"{"error":"5678 asked to get nothing more, so they can't be enrolled; `dripd people resume` takes that back"}"#
            )
        }
    }

    @Test(arguments: ["-9223372036854775808", "9223372036854775807", "-1", "0", "1e300", "18446744073709551616"])
    func `no number of an order ends the daemon`(number: String) async throws {
        let orders = [
            ("/sync", #"{"wroteWithin":{"milliseconds":\#(number)}}"#),
            (
                "/people/list",
                #"""
                {"filter":{"tags":[],"withoutTags":[],"has":[],"reachableNow":false,"wroteWithin":{"milliseconds":\#(number)}},\#
                "from":{"afterID":{"_0":\#(number)}},"limit":1}
                """#
            ),
            ("/people/list", #"{"filter":\#(Self.noFilter),"from":{"afterID":{"_0":\#(number)}},"limit":\#(number)}"#),
            ("/people/search", #"{"text":"Lan","before":\#(number),"limit":\#(number)}"#),
            ("/people/search", #"{"text":"Lan","before":\#(number),"limit":1}"#),
            ("/plan", #"{"files":[],"isWhole":false,"people":\#(number)}"#),
            (
                "/people/import",
                #"{"people":{"lines":[\#(number)],"addresses":["1"],"attributes":{},"stops":[\#(number)]},"isTrial":false}"#
            ),
        ]
        try await ControlSite.run { site in
            for (path, order) in orders {
                let response = try await site.post(path, order)
                #expect([200, 400, 409, 422].contains(response.status), "\(path) \(order): \(response.text)")
            }
            #expect(try await site.get("/status").status == 200)
        }
    }

    @Test func `what one order may ask of people`() async throws {
        try await ControlSite.run { site in
            let part = try await site.post(
                "/people/list",
                #"{"filter":\#(Self.noFilter),"from":{"start":{}},"limit":1}"#
            )
            #expect(part.status == 200)
            #expect(part.text.hasPrefix(#"{"next":{"afterID":{"_0":1}},"people":[{"#))
            let long = try await site.post(
                "/people/list",
                #"{"filter":\#(Self.noFilter),"from":{"start":{}},"limit":10001}"#
            )
            #expect((long.status, long.text) == (400, #"{"error":"limit is a number from 1 to 10000"}"#))
            let nobody = try await site.post("/people/tag", #"{"people":[],"tag":"vip"}"#)
            #expect((nobody.status, nobody.text) == (400, #"{"error":"one request tags from 1 to 1000 people"}"#))
            for tag in ["", String(repeating: "t", count: 65)] {
                let tagged = try await site.post("/people/tag", #"{"people":["5678"],"tag":"\#(tag)"}"#)
                #expect((tagged.status, tagged.text) == (400, #"{"error":"a tag has from 1 to 64 characters"}"#))
            }
            let table = #"{"lines":[3],"addresses":["1"],"pages":["99"],"attributes":{}}"#
            let ready = try await site.post("/people/import", #"{"people":\#(table),"isTrial":false}"#)
            #expect(ready.status == 200)
            let taken = try await site.post("/people/import/take", ready.text)
            #expect(taken.status == 422)
            #expect(taken.text == #"{"error":"line 3: page 99 is not in the configuration; it has 1234567890"}"#)
            let again = try await site.post("/people/import/take", ready.text)
            #expect(again.status == 404)
            #expect(
                again.text == #"{"error":"too many imports at once: wait until one ends, then repeat the command"}"#
            )
            let unknown = try await site.post("/people/forget", #"{"person":"1"}"#)
            #expect(unknown.status == 404)
        }
    }

    @Test func `orders that nobody asks for make room for later ones`() async throws {
        try await ControlSite.run { site in
            func ready(_ person: Int) async throws -> String {
                let table = #"{"lines":[1],"addresses":["\#(person)"],"attributes":{}}"#
                return try await site.post("/people/import", #"{"people":\#(table),"isTrial":false}"#).text
            }
            var orders: [String] = []
            for person in 1...5 { orders.append(try await ready(person)) }
            var statuses: [Int] = []
            for order in orders { statuses.append(try await site.post("/people/import/take", order).status) }
            #expect(statuses == [404, 200, 200, 200, 200])
        }
    }

    private static let noFilter = #"{"tags":[],"withoutTags":[],"has":[],"reachableNow":false}"#

    @Test func `resuming`() async throws {
        try await ControlSite.run { site in
            let order = #"{"person":"5678","reason":"meant the order"}"#
            let early = try await site.post("/people/resume", order)
            #expect(early.status == 409)
            #expect(early.text == #"{"error":"5678 is neither stopped nor paused: there is nothing to take back"}"#)
            _ = try await site.post("/people/stop", #"{"person":"5678"}"#)
            for reason in ["", " ", String(repeating: "a", count: 201)] {
                let refused = try await site.post("/people/resume", #"{"person":"5678","reason":"\#(reason)"}"#)
                #expect(refused.status == 400)
                #expect(refused.text == #"{"error":"a reason has from 1 to 200 characters"}"#)
            }
            let resumed = try await site.post("/people/resume", order)
            #expect(resumed.status == 200)
            #expect(
                resumed.text == #"""
                    {"goesOn":[],"page":"1234567890","person":"5678","since":"2027-01-04T03:00:00.000Z","wasStopped":true}
                    """#
            )
        }
    }

    @Test(arguments: ["", "{", "[]", #"{"person":5678}"#])
    func `an order that is none is refused`(body: String) async throws {
        try await ControlSite.run { site in
            for path in ["/people/enroll", "/people/stop", "/people/resume"] {
                let response = try await site.post(path, body)
                #expect(response.status == 400)
                #expect(response.text.hasPrefix(#"{"error":""#))
            }
        }
    }

    @Test func `reloading, well or not`() async throws {
        try await ControlSite.run { site in
            let good = try await site.post("/apply", "{}")
            #expect(good.status == 200)
            let outcome = try JSONDecoder().decode(ReloadOutcome.self, from: Data(good.body))
            #expect(outcome == .adopted(ControlSite.report))
        }
        let problems = ["a.yaml:3:1: error: unknown key 'stepp'; did you mean 'steps'?"]
        try await ControlSite.run(reload: .refused(problems)) { site in
            let bad = try await site.post("/apply", "{}")
            #expect(bad.status == 200)
            let outcome = try JSONDecoder().decode(ReloadOutcome.self, from: Data(bad.body))
            #expect(outcome == .refused(problems))
        }
    }

    @Test(arguments: [
        ("/people/list", #"{"filter":{},"from":{},"limit":10}"#),
        ("/people/enroll", #"{"person":"5678","sequence":"by-hand","again":true}"#),
        ("/people/stop", #"{"person":"5678","sequence":"care"}"#),
        (
            "/people/import",
            #"{"people":{"lines":[1],"addresses":["77"],"attributes":{},"tags":[["vip"]]},"isTrial":false}"#
        ),
        ("/people/import/take", #"{"id":"6B1E2E1C-3A0D-4E0B-9C75-2C1B6C0D9B11"}"#),
        ("/people/tag", #"{"people":["5678"],"tag":"vip"}"#), ("/people/untag", #"{"people":["5678"],"tag":"vip"}"#),
        ("/people/forget", #"{"person":"9"}"#),
        ("/jobs/resolve", #"{"person":"5678","sequence":"care","step":"one","resolution":"sent"}"#),
        ("/sync", #"{"page":"1234567890","sequence":"care","wroteWithin":86400000}"#),
        ("/apply", #"{"plan":"0123456789abcdef"}"#), ("/plan", #"{"files":[],"people":10}"#),
    ])
    func `damaged orders are refused or carried out, and never an internal error`(
        path: String,
        order: String
    )
        async throws
    {
        try await ControlSite.run { site in
            for seed in 0..<200 as Range<UInt64> {
                var damage = Damage(seed: seed)
                let body = String(decoding: damage.damaged(Array(order.utf8)), as: UTF8.self)
                let response = try await site.post(path, body)
                #expect([200, 400, 404, 409, 422].contains(response.status), "\(response.status): \(body)")
            }
            #expect(try await site.get("/status").status == 200)
        }
    }

    @Test func `the socket is its owner's alone`() async throws {
        try await ControlSite.run { site in
            let attributes = try FileManager.default.attributesOfItem(atPath: site.socket)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test(arguments: ["/people/stop", "/people/tag", "/nothing"])
    func `an order has two megabytes, unless it brings files or people`(path: String) async throws {
        try await ControlSite.run { site in
            let response = try await site.post(path, String(repeating: " ", count: 2 << 20) + "{}")
            #expect(response.status == 413)
            #expect(response.text == #"{"error":"the body is too long"}"#)
            let plan = try await site.post("/plan", String(repeating: " ", count: 2 << 20) + "{}")
            #expect(plan.status == 400)
        }
    }

    @Test func `forty who say nothing keep no order out`() async throws {
        try await ControlSite.run { site in
            let idle = try (0..<60).map { _ in try Stranger(socket: site.socket) }
            #expect(try await site.get("/status").status == 200)
            withExtendedLifetime(idle) {}
        }
    }

    @Test func `webhooks are not taken here`() async throws {
        try await ControlSite.run { site in
            let response = try await site.post("/webhooks/messenger", "{}")
            #expect(response.status == 404)
        }
    }
}

/// A control server on a socket of its own, with two people who just wrote.
struct ControlSite {
    private let transport: CurlTransport
    let socket: String
    let store: Store

    static let report = AdoptionReport()

    private static let comments = [
        PostedComment(id: "901_1", at: .start, author: "77", name: "Lan", text: "ĐÃ SHARE rồi", mayBeRepliedTo: true),
        PostedComment(id: "901_2", at: .start, author: nil, name: nil, text: nil, mayBeRepliedTo: nil),
    ]

    static func run(
        reload: ReloadOutcome = .adopted(report),
        logger: Logger = .silent,
        _ body: (ControlSite) async throws -> Void
    ) async throws {
        let state = try await TemporaryStore([
            .make(steps: .care), .make("by-hand", start: [.manual], steps: [.text("now", 1, .minute)]),
        ])
        try await state.ingest(.message("1"), .message("2", from: "9"), now: .start)
        let (store, account) = (state.store, state.account)
        let operations = Operations(
            version: "1.2.3",
            store: store,
            limiters: LimiterTable([
                Limiter(id: state.account, channel: .messenger, page: Event.testPage, perSecond: 10, rates: .tested)
            ]),
            clock: ManualClock(.start),
            logger: logger,
            adoptFiles: { _ in reload },
            beginSync: { page, order in
                if let page { throw SyncError.unknownPage(page) }
                try await store.beginSync(of: account, order, now: .start)
            },
            listComments: { post, _, _ in
                switch post {
                case "1234567890_404": .unknownPost(why: "100/33 no")
                case "1234567890_403": .refused(why: "10 no")
                case "1234567890_503": .later(why: "80001 slow")
                default: .found(PostedComments(comments: comments, next: "b="))
                }
            },
            refused: { nil },
            editProgress: { nil },
            clockTrouble: { nil },
            uploadTroubles: { [] },
            wake: {}
        )
        let socket = state.directory.path + "/control.sock"
        try await running { ready in
            ControlServer(operations: operations, logger: .silent).service(socket: socket) { ready(socket) }
        } _: { transport, socket in
            try await body(ControlSite(transport: transport, socket: socket, store: store))
        }
    }

    func get(_ path: String) async throws -> HTTPResponse {
        try await transport.send(
            HTTPRequest(method: .get, url: "http://localhost\(path)", unixSocketPath: socket)
        )
    }

    func post(_ path: String, _ body: String, headers: [HTTPHeader] = []) async throws -> HTTPResponse {
        try await transport.send(
            .postJSON(Array(body.utf8), to: "http://localhost\(path)", headers: headers, unixSocketPath: socket)
        )
    }
}
