import Channels
import ControlAPI
import DripCore
import DripEngine
import DripStore
import Foundation
import Glibc
import Logging
import TestSupport
import Testing

@testable import WebServer

/// Who asked the control API for what.
@Suite(.timeLimit(.minutes(5))) struct ControlAuditTests {
    private let own = AuditPeer(uid: getuid(), gid: getgid(), pid: getpid())

    private func records(_ site: ControlSite) async throws -> [AuditRecord] {
        try await site.store.audit(AuditQuery(limit: 100))
    }

    @Test func `the kernel says who is at the other end, whatever they say`() async throws {
        try await ControlSite.run { site in
            _ = try await site.post(
                "/people/stop",
                #"{"person":"5678"}"#,
                headers: [HTTPHeader("dripd-peer", "1 2 3"), HTTPHeader("dripd-login", "12345")]
            )
            let record = try #require(try await records(site).first)
            var peer = own
            peer.login = 12345
            #expect(record.peer == peer)
            #expect((record.verb, record.result, record.after) == ("stop", .done, "stopped, 1 ended"))
            #expect(record.person == (try await site.store.person("5678").pseudonym))
        }
    }

    @Test(arguments: ["x", "-1", "4294967296", " 7", ""])
    func `a login that is no number is none`(login: String) async throws {
        try await ControlSite.run { site in
            _ = try await site.post("/apply", "{}", headers: [HTTPHeader("dripd-login", login)])
            let peer = try #require(try await records(site).first?.peer)
            #expect((peer.uid, peer.login) == (own.uid, login == " 7" ? 7 : nil))
        }
    }

    @Test func `every change is recorded, done or not, each once`() async throws {
        try await ControlSite.run { site in
            let part = try JSONDecoder().decode(
                PreparedRequest.self,
                from: Data(
                    try await site.post(
                        "/people/import",
                        #"{"people":{"lines":[1],"addresses":["77"],"attributes":{},"tags":[["vip"]]},"isTrial":false}"#
                    ).body
                )
            )
            let orders = [
                ("/people/import/take", #"{"id":"\#(part.id)"}"#),
                ("/people/enroll", #"{"person":"5678","sequence":"by-hand","again":false}"#),
                ("/people/enroll", #"{"person":"5678","sequence":"by-hand","again":false}"#),
                ("/people/stop", #"{"person":"5678","sequence":"care"}"#), ("/people/stop", #"{"person":"404"}"#),
                ("/people/stop", #"{"person":"9"}"#), ("/people/resume", #"{"person":"9","reason":"they called"}"#),
                ("/people/resume", #"{"person":"9","reason":""}"#),
                ("/people/tag", #"{"people":["9"],"tag":"vip"}"#), ("/people/untag", #"{"people":["9"],"tag":"vip"}"#),
                ("/people/link", #"{"person":"9","other":"77","proof":"order 7"}"#),
                ("/people/link", #"{"person":"9","other":"77","proof":"order 7"}"#),
                ("/people/link", #"{"person":"9","other":"404","proof":" "}"#),
                ("/people/unlink", #"{"person":"9","address":"77"}"#),
                ("/people/unlink", #"{"person":"9","address":"9"}"#),
                ("/people/consent", #"{"person":"9","kind":"withdraw","purpose":"promotion"}"#),
                ("/people/consent", #"{"person":"9","kind":"give","channel":"fax"}"#),
                (
                    "/people/address",
                    #"{"person":"9","channel":"email","address":"l9x.vn","consents":["care"],"evidence":"e"}"#
                ),
                ("/people/forget", #"{"person":"77"}"#), ("/people/forget", "{"),
                ("/jobs/resolve", #"{"person":"5678","sequence":"care","step":"one","resolution":"sent"}"#),
                ("/sync", "{}"), ("/sync", #"{"page":"9"}"#), ("/hold/adopt", #"{"sendMissed":false}"#),
                ("/apply", "{}"), ("/reload", "{}"), ("/people/shout", "{}"), ("/NNN/5678", "{}"),
            ]
            for (path, order) in orders { _ = try await site.post(path, order) }
            let lines = try await records(site).reversed().map { record in
                let text = [record.sequence, record.before, record.after, record.reason].map { $0 ?? "-" }
                return ([record.verb, record.result.rawValue] + text).joined(separator: " | ")
            }
            #expect(
                lines == [
                    "import | done | - | - | 1 new, 0 enrolled, 0 stopped | -",
                    "enroll | done | by-hand | - | round 1 | -",
                    "enroll | refused | by-hand | - | - | under way already",
                    "stop | done | care | under way in 1 | 1 ended | -",
                    "stop | refused | - | - | - | unknown person",
                    "stop | done | - | active | stopped, 1 ended | -",
                    "resume | done | - | stopped | active | -",
                    "resume | refused | - | - | - | Bad Request",
                    "tag | done | - | - | vip added to 1 | -",
                    "untag | done | - | - | vip removed from 1 | -",
                    "link | done | - | - | joined with another person: addresses 1, ended 0 | -",
                    "link | refused | - | - | - | one person already",
                    "link | refused | - | - | - | Bad Request",
                    "unlink | done | - | - | an address on messenger is a person of its own, moved 0 | -",
                    "unlink | refused | - | - | - | the only address",
                    "consent | done | - | - | withdrawn: promotion on every channel, 0 ended | -",
                    "consent | refused | - | - | - | unknown channel",
                    "address | refused | - | - | - | no account of the channel",
                    "forget | done | - | - | erased: enrollments 0, deliveries 0 | -",
                    "forget | refused | - | - | - | Bad Request",
                    "resolve | refused | - | - | - | not in doubt",
                    "sync | done | - | - | - | -",
                    "sync | refused | - | - | - | unknown page",
                    "adopt-state | refused | - | - | - | nothing is on hold",
                    "apply | done | - | - | - | -",
                    "reload | done | - | - | - | -",
                    "people-shout | refused | - | - | - | Not Found",
                    "unknown | refused | - | - | - | Not Found",
                ]
            )
            #expect(try await records(site).allSatisfy { $0.peer == own })
        }
    }

    @Test func `files that are refused are no change`() async throws {
        try await ControlSite.run(reload: .refused(["a.yaml:3:1: error: Nguyễn"])) { site in
            _ = try await site.post("/apply", "{}")
            let record = try #require(try await records(site).first)
            #expect((record.result, record.reason) == (.refused, "the files were not put in force"))
        }
    }

    @Test func `reading leaves no record, nor does a trial`() async throws {
        try await ControlSite.run { site in
            for path in [
                "/status", "/people", "/people/one?person=5678", "/people/duplicates", "/people/consent?person=5678",
                "/people/export?person=5678", "/jobs", "/history", "/hold", "/edit",
            ] {
                _ = try await site.get(path)
            }
            for (path, order) in [
                ("/people/list", #"{"filter":{},"from":{},"limit":10}"#),
                ("/people/search", #"{"text":"Lan","limit":10}"#), ("/comments", #"{"post":"901"}"#),
                ("/plan", #"{"files":[],"people":10}"#), ("/audit", #"{"limit":10}"#),
            ] {
                _ = try await site.post(path, order)
            }
            let trial = try await site.post(
                "/people/import",
                #"{"people":{"lines":[1],"addresses":["77"],"attributes":{},"tags":[["vip"]]},"isTrial":true}"#
            )
            _ = try await site.post("/people/import/take", trial.text)
            #expect(try await records(site) == [])
        }
    }

    @Test func `the log has each of them, and no person`() async throws {
        let recorder = Recorder()
        try await ControlSite.run(logger: Logger(recordingInto: recorder)) { site in
            _ = try await site.post("/people/stop", #"{"person":"5678"}"#)
            _ = try await site.post("/people/stop", #"{"person":"0912345678"}"#)
            let pseudonym = try await site.store.person("5678").pseudonym
            let lines = recorder.all.filter { $0.contains("operator request") }
            #expect(
                lines == [
                    "notice operator request after=stopped, 1 ended before=active gid=\(own.gid) person=\(pseudonym) "
                        + "pid=\(own.pid) result=done uid=\(own.uid) verb=stop",
                    "notice operator request gid=\(own.gid) pid=\(own.pid) reason=unknown person result=refused "
                        + "uid=\(own.uid) verb=stop",
                ]
            )
        }
    }

    @Test func `what is asked for is checked, and answered newest first`() async throws {
        try await ControlSite.run { site in
            #expect(try await site.post("/audit", #"{"limit":0}"#).status == 400)
            #expect(try await site.post("/audit", #"{"limit":10001}"#).status == 400)
            #expect(try await site.post("/audit", "{").status == 400)
            _ = try await site.post("/people/stop", #"{"person":"5678","sequence":"care"}"#)
            _ = try await site.post("/apply", "{}")
            let pseudonym = try await site.store.person("5678").pseudonym
            let answer = try await site.post("/audit", #"{"limit":10,"user":\#(own.uid)}"#)
            #expect(
                answer.text == #"""
                    [{"at":"2027-01-04T03:00:00.000Z","peer":{"gid":\#(own.gid),"pid":\#(own.pid),"uid":\#(own.uid)},\#
                    "result":"done","verb":"apply"},\#
                    {"after":"1 ended","at":"2027-01-04T03:00:00.000Z","before":"under way in 1",\#
                    "peer":{"gid":\#(own.gid),"pid":\#(own.pid),"uid":\#(own.uid)},"person":"\#(pseudonym)",\#
                    "result":"done","sequence":"care","verb":"stop"}]
                    """#
            )
        }
    }
}
