import Channels
import Crypto
import CryptoExtras
import DripCore
import Foundation
import TestSupport
import Testing

/// Signatures of mail, verified by dkimpy.
@Suite(Python.isInstalled("dkim", "nacl")) struct DKIMPeerTests {
    private struct Mails: Encodable {
        let records: [String: String]
        let mails: [String]

        init(_ mails: [[UInt8]], key: String, type: String) {
            records = ["drip._domainkey.shop.example.": "v=DKIM1; k=\(type); p=\(key)"]
            self.mails = mails.map { Data($0).base64EncodedString() }
        }
    }

    private func verify(_ mails: Mails) async throws -> [Bool] {
        try await Python.run(Python.dkimVerifier, modules: ["dkim", "nacl"], mails)
    }

    private static var rsaRecord: String {
        get throws { try MailParties.signingKey.get().publicKey.derRepresentation.base64EncodedString() }
    }

    private func sent(_ values: [String: String]) async throws -> [UInt8]? {
        let channel = ChannelUnderTest.email
        return try await channel.trial(values, script: channel.accepting).received.first.map { ReceivedMail($0).bytes }
    }

    @Test func `the signature holds for any text, as the server receives it`() async throws {
        var (names, mails): ([String], [[UInt8]]) = ([], [])
        for text in HostileText.all + HostileText.large {
            for field in ["subject", "text"] {
                guard let mail = try await sent([field: text.text]) else { continue }
                names.append("\(field): \(text.name)")
                mails.append(mail)
            }
        }
        let verified = try await verify(Mails(mails, key: try Self.rsaRecord, type: "rsa"))
        try #require(verified.count == names.count)
        #expect(zip(names, verified).filter { !$1 }.map(\.0).isEmpty)
    }

    @Test func `it holds for no other mail`() async throws {
        let mail = String(decoding: try #require(try await sent([:])), as: UTF8.self)
        let changed = [
            mail.replacing("https://shop.example/gia", with: "https://shop.example/gib"),
            mail.replacing("Auto-Submitted: auto-generated", with: "Auto-Submitted: no"),
            mail.replacing("List-Unsubscribe: <https://care.", with: "List-Unsubscribe: <https://evil."),
            mail.replacing("To: lan.", with: "To: tan."),
            mail.replacing("\r\nTo: ", with: "\r\nFrom: evil@shop.example\r\nTo: "),
        ]
        #expect(changed.allSatisfy { $0 != mail })
        let mails = Mails(([mail] + changed).map { Array($0.utf8) }, key: try Self.rsaRecord, type: "rsa")
        #expect(try await verify(mails) == [true, false, false, false, false, false])
    }

    @Test func `a signature of Ed25519 holds`() async throws {
        let key = Curve25519.Signing.PrivateKey()
        // RFC 8410, section 7: the 32 bytes of the key follow its algorithm.
        let pkcs8 =
            Data([0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]) + key.rawRepresentation
        let signer = try DKIMSigner(
            domain: "shop.example",
            selector: "drip",
            key: "-----BEGIN PRIVATE KEY-----\n\(pkcs8.base64EncodedString())\n-----END PRIVATE KEY-----\n"
        )
        let address = try #require(EmailAddress("care@shop.example"))
        let mail = MailMessage(
            from: Mailbox(name: nil, address: address),
            to: Mailbox(name: nil, address: address),
            subject: "Một tuần rồi",
            date: .tested,
            zone: .hoChiMinh,
            messageID: "<1@shop.example>",
            fields: [],
            text: "Chào bạn",
            html: nil
        )
        let signed = try signer.sign(mail.encoded(), at: .tested).bytes
        let record = key.publicKey.rawRepresentation.base64EncodedString()
        #expect(try await verify(Mails([signed, signed + [0x61]], key: record, type: "ed25519")) == [true, false])
    }
}
