import Channels
import ControlAPI
import DripCore
import DripStore
import TestSupport
import Testing

/// People's addresses and consents over the control API.
@Suite(.timeLimit(.minutes(5))) struct ControlAddressTests {
    /// Adds a mail account to the configuration in force.
    private func configureMail(_ site: ControlSite) async throws {
        _ = try await site.store.accounts(channel: "email", pages: ["shop"])
        var catalog = Catalog(zone: .hoChiMinh, sequences: [.make(steps: .care)])
        catalog.channels = [
            ConfiguredChannel(rules: .messenger, accounts: [Event.testPage]),
            ConfiguredChannel(rules: .email, accounts: ["shop"]),
        ]
        _ = try await site.store.adopt(catalog, versions: [], plan: nil, now: .start)
    }

    @Test func `two people are joined, and cut apart again`() async throws {
        try await ControlSite.run { site in
            let joined = try await site.post(
                "/people/link",
                #"{"person":"5678","other":"messenger:1234567890/9","proof":"x"}"#
            )
            #expect(
                joined.text == #"""
                    {"addresses":["messenger:1234567890/5678","messenger:1234567890/9"],"ended":["care"],"isPaused":false,"isStopped":false}
                    """#
            )
            let again = try await site.post("/people/link", #"{"person":"5678","other":"9","proof":"x"}"#)
            #expect(again.status == 409)
            #expect(again.text == #"{"error":"'5678' and '9' are one person already; there is nothing to join"}"#)
            let cut = try await site.post("/people/unlink", #"{"person":"5678","address":"9"}"#)
            #expect(cut.text == #"{"address":"messenger:1234567890/9","isRemoved":false,"moved":[],"withdrawn":[]}"#)
            let other = try await site.post("/people/unlink", #"{"person":"5678","address":"77"}"#)
            #expect(other.status == 404)
            #expect(other.text == #"{"error":"5678 has no address '77'; they have: messenger:1234567890/5678"}"#)
            for proof in ["", " ", String(repeating: "x", count: 201)] {
                let refused = try await site.post("/people/link", #"{"person":"5678","other":"9","proof":"\#(proof)"}"#)
                #expect(refused.text == #"{"error":"a proof has from 1 to 200 characters"}"#)
            }
        }
    }

    @Test func `an address by hand, its consent, and a consent that the person withdrew`() async throws {
        try await ControlSite.run { site in
            try await configureMail(site)
            func add(_ address: String, _ channel: String = "email", _ purpose: String = "care") async throws -> String
            {
                try await site.post(
                    "/people/address",
                    #"{"person":"5678","channel":"\#(channel)","address":"\#(address)","consents":["\#(purpose)"],"evidence":"call"}"#
                ).text
            }
            #expect(try await add("Lan@Example.com") == #"{"address":"email:shop/lan@example.com","isKnown":false}"#)
            #expect(try await add("lan@example.com") == #"{"address":"email:shop/lan@example.com","isKnown":true}"#)
            #expect(try await add("lan") == #"{"error":"'lan' is no address for e-mail"}"#)
            #expect(
                try await add("lan@x.vn", "fax")
                    == #"{"error":"there is no channel 'fax'; the channels are messenger, email, push"}"#
            )
            #expect(
                try await add("x", "push")
                    == #"{"error":"the configuration has no account for 'push' on which people can give an address; add one, or choose another channel"}"#
            )
            #expect(
                try await add("lan@x.vn", "email", "spam")
                    == #"{"error":"there is no purpose 'spam'; the purposes are care, promotion, transaction"}"#
            )
            let report = try await site.get("/people/consent?person=5678")
            #expect(
                report.text.contains(
                    #"{"channel":"email","isPermitted":true,"purpose":"care","since":"2027-01-04T03:00:00.000Z","state":"given"}"#
                )
            )
            let withdrawn = try await site.post(
                "/people/consent",
                #"{"person":"5678","kind":"withdraw","channel":"email"}"#
            )
            #expect(withdrawn.text == #"{"ended":[],"isChange":true}"#)
            let given = try await site.post(
                "/people/consent",
                #"{"person":"5678","kind":"give","channel":"email","purpose":"care"}"#
            )
            #expect(given.text == #"{"error":"a consent needs a channel, a purpose and evidence"}"#)
        }
    }

    @Test func `who may be one person, and all that is stored about one`() async throws {
        try await ControlSite.run { site in
            try await configureMail(site)
            #expect(try await site.get("/people/duplicates").text == #"{"groups":[],"more":0}"#)
            for person in ["5678", "9"] {
                _ = try await site.post(
                    "/people/address",
                    #"{"person":"\#(person)","channel":"email","address":"l@x.vn","consents":["care"],"evidence":"call"}"#
                )
            }
            #expect(
                try await site.get("/people/duplicates").text == #"""
                    {"groups":[{"count":2,"people":[\#
                    {"lastWroteAt":"2027-01-04T03:00:00.000Z","person":"messenger:1234567890/5678"},\#
                    {"lastWroteAt":"2027-01-04T03:00:00.000Z","person":"messenger:1234567890/9"}],"reason":"email","value":"l@x.vn"}],"more":0}
                    """#
            )
            #expect(try await site.get("/people/duplicates?limit=1001").status == 400)
            let shared = try await site.get("/people/one?person=l@x.vn")
            #expect(shared.status == 409)
            let export = try await site.get("/people/export?person=5678")
            #expect(
                export.text.hasPrefix(#"{"addresses":[{"account":"1234567890","address":"messenger:1234567890/5678""#)
            )
            #expect(try await site.get("/people/export?person=404").status == 404)
        }
    }
}
