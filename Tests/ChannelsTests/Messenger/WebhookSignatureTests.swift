import Channels
import Foundation
import Testing

@Suite struct WebhookSignatureTests {
    private let body = Data(
        #"""
        {"object":"page","entry":[{"id":"1234567890","time":1459991487970,"messaging":[{"sender":{"id":"5678"},\#
        "recipient":{"id":"1234567890"},"timestamp":1459991487970,"message":{"mid":"m_1",\#
        "text":"Xin ch\u00e0o https:\/\/m.me"}}]}]}
        """#.utf8
    )
    private let code = "395ca79ce25ca430193aaf12be9704aa01f53fcef859a3fef27a43e26345c51b"

    @Test func `it is over the bytes as they came, in hex of either case`() {
        #expect(isValid("sha256=\(code)"))
        #expect(isValid("sha256=\(code.uppercased())"))
    }

    @Test func `anything else is not valid`() {
        #expect(!isValid(nil))
        #expect(!isValid(""))
        #expect(!isValid("sha256="))
        #expect(!isValid(code))
        #expect(!isValid("sha1=\(code)"))
        #expect(!isValid("SHA256=\(code)"))
        #expect(!isValid("sha256=\(code.dropLast())"))
        #expect(!isValid("sha256=\(code)0"))
        #expect(!isValid("sha256=\(code.dropLast())g"))
        #expect(!isValid("sha256=\(code.dropLast())c"))
        #expect(!isValid("sha256= \(code.dropLast())"))
        #expect(!isValid("sha256=\(String(repeating: "ă", count: 32))"))
    }

    @Test func `another secret or another body has another one`() {
        #expect(!WebhookSignature.isValid("sha256=\(code)", body: body, secret: "other"))
        #expect(!WebhookSignature.isValid("sha256=\(code)", body: body + Data(" ".utf8), secret: "test-app-secret"))
    }

    private func isValid(_ header: String?) -> Bool {
        WebhookSignature.isValid(header, body: body, secret: "test-app-secret")
    }
}
