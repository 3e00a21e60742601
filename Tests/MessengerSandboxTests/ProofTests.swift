import Testing

@testable import MessengerSandbox

/// `appsecret_proof`: https://developers.facebook.com/docs/graph-api/securing-requests
@Suite struct ProofTests {
    /// printf TOKEN | openssl dgst -sha256 -hmac test-app-secret
    private static let proof = "762082d5bdbc0ee5bc65475d70a378c6d29db59d8bd0275549b3dd9c656014da"

    @Test(arguments: [
        (nil, 200), (proof, 200), ("", 400), ("0", 400), (String(proof.reversed()), 400), (proof.uppercased(), 400),
    ])
    func `a call with another proof is refused, one without is not`(proof: String?, status: Int) {
        let query = "access_token=TOKEN&fields=id" + (proof.map { "&appsecret_proof=\($0)" } ?? "")
        let answer = TestPlatform().send(GraphCall(method: .get, object: "me", query: query))
        #expect(answer.status == status)
        guard status != 200 else { return }
        #expect(answer.body["error"]?["code"]?.integer == 100)
        #expect(
            answer.body["error"]?["message"]?.string == "Invalid appsecret_proof provided in the API argument"
        )
    }

    @Test func `it goes with a token in the header, too`() {
        var call = GraphCall(method: .get, object: "me", query: "fields=id&appsecret_proof=\(Self.proof)")
        call.authorization = "Bearer TOKEN"
        #expect(TestPlatform().send(call).status == 200)
    }
}
