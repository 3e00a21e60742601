import Channels
import Crypto
import Foundation
import Testing

@testable import MessengerSandbox

/// Messages as the browser reads them.
struct PushDecryptionTests {
    /// RFC 8291, appendix A.
    private static let example = (
        key: "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94", authentication: "BTBZMqHH6r4Tts7J_aSIgg",
        body:
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBr"
            + "u3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )

    private func decrypt(_ body: [UInt8]) throws -> String {
        let key = try P256.KeyAgreement.PrivateKey(
            rawRepresentation: try #require(Base64URL.decode(Self.example.key))
        )
        let authentication = try #require(Base64URL.decode(Self.example.authentication))
        return String(
            decoding: try PushDecryption.decrypt(body, key: key, authentication: authentication),
            as: UTF8.self
        )
    }

    private var body: [UInt8] { Base64URL.decode(Self.example.body)! }

    @Test func `the example of the standard`() throws {
        #expect(try decrypt(body) == "When I grow up, I want to be a watermelon")
    }

    @Test(arguments: ["", "a", "Chào bạn 🌸", String(repeating: "a", count: PushEncryption.longest)])
    func `what dripd encrypts`(text: String) throws {
        let test = try TestPush()
        let message = try TestPush.encrypt(text, for: test.subscription)
        let decrypted = try PushDecryption.decrypt(
            message,
            key: test.subscription.key,
            authentication: test.subscription.authentication
        )
        #expect(decrypted == Array(text.utf8))
    }

    @Test func `no byte may be changed, and none be missing`() throws {
        for index in body.indices {
            var changed = body
            changed[index] ^= 1
            // A larger record size is as good.
            if index == 19 || index == 18 || index == 17 || index == 16 { continue }
            #expect(throws: PushDecryption.Problem.self) { try decrypt(changed) }
        }
        for count in body.indices {
            #expect(throws: PushDecryption.Problem.self) { try decrypt(Array(body.prefix(count))) }
        }
        #expect(throws: PushDecryption.Problem.self) { try decrypt(body + [0]) }
    }

    @Test func `the message is not larger than its record`() throws {
        var small = body
        let size = body.count - 86
        (small[18], small[19]) = (0, UInt8(size))
        #expect(try decrypt(small) == "When I grow up, I want to be a watermelon")
        small[19] -= 1
        #expect(
            throws: PushDecryption.Problem(description: "the message is not one record of at most \(size - 1) bytes")
        ) { try decrypt(small) }
    }

    @Test(
        arguments: [
            ([UInt8("a"), 2], "a"), ([UInt8("a"), 2, 0, 0, 0], "a"), ([2], ""), ([0, 0, 2], "\0\0"),
            ([UInt8("a"), 1], nil), ([UInt8("a")], nil), ([0, 0], nil),
        ] as [([UInt8], String?)]
    )
    func `padding is removed`(padded: [UInt8], text: String?) throws {
        let test = try TestPush()
        let message = try encrypt(padded, for: test.subscription)
        func decrypted() throws -> [UInt8] {
            try PushDecryption.decrypt(
                message,
                key: test.subscription.key,
                authentication: test.subscription.authentication
            )
        }
        if let text {
            #expect(try decrypted() == Array(text.utf8))
        } else {
            #expect(throws: PushDecryption.Problem(description: "the padding is wrong")) { try decrypted() }
        }
    }

    /// Encrypts bytes with their padding (RFC 8291, section 3).
    private func encrypt(_ padded: [UInt8], for subscription: BrowserSubscription) throws -> [UInt8] {
        let sender = P256.KeyAgreement.PrivateKey()
        let salt = Data(repeating: 9, count: 16)
        let material = try sender.sharedSecretFromKeyAgreement(with: subscription.key.publicKey)
            .hkdfDerivedSymmetricKey(
                using: SHA256.self,
                salt: Data(subscription.authentication),
                sharedInfo: Data("WebPush: info\0".utf8) + subscription.key.publicKey.x963Representation
                    + sender.publicKey.x963Representation,
                outputByteCount: 32
            )
        func derived(_ info: String, _ count: Int) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: material,
                salt: salt,
                info: Data(info.utf8),
                outputByteCount: count
            )
        }
        let sealed = try AES.GCM.seal(
            padded,
            using: derived("Content-Encoding: aes128gcm\0", 16),
            nonce: AES.GCM.Nonce(data: derived("Content-Encoding: nonce\0", 12).withUnsafeBytes { Data($0) })
        )
        let header = Array(salt) + [0, 0, 16, 0, 65] + Array(sender.publicKey.x963Representation)
        return header + Array(sealed.ciphertext) + Array(sealed.tag)
    }
}

extension UInt8 {
    fileprivate init(_ character: Unicode.Scalar) { self.init(ascii: character) }
}
