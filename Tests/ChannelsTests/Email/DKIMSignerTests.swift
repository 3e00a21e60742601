import Crypto
import CryptoExtras
import DripCore
import Foundation
import Testing

@testable import Channels

/// Signatures of mail. An independent implementation verifies them in `DKIMPeerTests`.
@Suite struct DKIMSignerTests {
    @Test(
        arguments: [
            ("", ""), ("\r\n\r\n", ""), (" C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n"), ("a", "a\r\n"),
            ("a \t\r\n b", "a\r\n b\r\n"),
        ]
    )
    func `a body in its relaxed form`(_ body: String, _ canonical: String) {
        #expect(String(decoding: Canonical.body(Array(body.utf8)), as: UTF8.self) == canonical)
    }

    @Test func `an empty body has the hash of nothing`() {
        #expect(
            Data(SHA256.hash(data: Canonical.body([]))).base64EncodedString()
                == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
        )
    }

    @Test(
        arguments: [
            ("Subject: a\r\n", "subject:a\r\n"), ("SUBJECT :  a \t b \r\n\tc\r\n", "subject:a b c\r\n"),
            ("X:\r\n", "x:\r\n"),
        ]
    )
    func `a field in its relaxed form`(_ field: String, _ canonical: String) {
        #expect(Canonical.field(field) == canonical)
    }

    @Test func `RSA and Ed25519 sign every field, and From once more`() throws {
        let rsa = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let ed25519 = Curve25519.Signing.PrivateKey()
        let pkcs8 =
            Data([0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]) + ed25519.rawRepresentation
        let mail = EncodedMail.testMail
        for (algorithm, pem) in [
            ("rsa-sha256", rsa.pemRepresentation), ("rsa-sha256", rsa.pkcs8PEMRepresentation),
            (
                "ed25519-sha256",
                "-----BEGIN PRIVATE KEY-----\n\(pkcs8.base64EncodedString())\n-----END PRIVATE KEY-----\n"
            ),
        ] {
            let signer = try DKIMSigner(domain: "shop.example", selector: "drip", key: pem)
            let signed = try signer.sign(mail, at: Instant(milliseconds: 1_796_004_000_999))
            let field = try #require(signed.fields.first)
            #expect(signed.fields.dropFirst().elementsEqual(mail.fields))
            #expect(field.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 78 }, "\(field)")
            let value = Canonical.field(field)
            #expect(
                value.hasPrefix(
                    "dkim-signature:v=1; a=\(algorithm); c=relaxed/relaxed; d=shop.example; s=drip; t=1796004000; "
                        + "h=from: to: subject: from; bh=Ba3gj8+xBPQLJTahTfzW6RbWQ/XPgESxkCi2B66PSQg=; b="
                ),
                "\(value)"
            )
            let parts = try #require(value.wholeMatch(of: /(.*; b=)(.*)\r\n/)).output
            let text = Data((mail.fields.map(Canonical.field).joined() + String(parts.1)).utf8)
            let signature = try #require(Data(base64Encoded: String(parts.2).replacing(" ", with: "")))
            if algorithm == "rsa-sha256" {
                #expect(
                    rsa.publicKey.isValidSignature(
                        _RSA.Signing.RSASignature(rawRepresentation: signature),
                        for: SHA256.hash(data: text),
                        padding: .insecurePKCS1v1_5
                    )
                )
            } else {
                #expect(ed25519.publicKey.isValidSignature(signature, for: Data(SHA256.hash(data: text))))
            }
        }
    }

    @Test(arguments: ["", "x", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
    func `what is no key`(_ text: String) {
        #expect(throws: DKIMSigner.KeyError.self) { try DKIMSigner(domain: "d", selector: "s", key: text) }
    }
}

extension EncodedMail {
    static var testMail: EncodedMail {
        EncodedMail(
            fields: ["From: a@shop.example\r\n", "To: b@provider.example\r\n", "Subject: hello\r\n"],
            body: Array("Hello\r\n".utf8)
        )
    }
}
