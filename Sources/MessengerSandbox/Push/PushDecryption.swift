import Crypto
import Foundation

/// Decrypts a message as the browser does (RFC 8291, in the one-record form of RFC 8188).
enum PushDecryption {
    /// The reason why a browser would drop the message. The sender does not learn of it.
    struct Problem: Error, Equatable, CustomStringConvertible {
        let description: String
    }

    private static let (saltBytes, sizeBytes, keyBytes, tagBytes) = (16, 4, 65, 16)

    /// - Parameters:
    ///   - key: the browser's key.
    ///   - authentication: the secret of the subscription.
    static func decrypt(
        _ message: [UInt8],
        key: P256.KeyAgreement.PrivateKey,
        authentication: [UInt8]
    ) throws(Problem) -> [UInt8] {
        let headerBytes = saltBytes + sizeBytes + 1 + keyBytes
        guard message.count >= headerBytes, Int(message[saltBytes + sizeBytes]) == keyBytes else {
            throw Problem(description: "the header does not have the sender's key")
        }
        let salt = Array(message[..<saltBytes])
        let recordSize = message[saltBytes..<(saltBytes + sizeBytes)].reduce(0) { $0 << 8 | Int($1) }
        let senderKey = Array(message[(headerBytes - keyBytes)..<headerBytes])
        let record = Array(message[headerBytes...])
        // At least one byte for the delimiter.
        guard record.count > tagBytes, record.count <= recordSize else {
            throw Problem(description: "the message is not one record of at most \(recordSize) bytes")
        }
        guard let sender = try? P256.KeyAgreement.PublicKey(x963Representation: senderKey),
            let shared = try? key.sharedSecretFromKeyAgreement(with: sender)
        else { throw Problem(description: "the sender's key is not a point of P-256") }
        let material = shared.hkdfDerivedSymmetricKey(
            using: SHA256.self,
            salt: Data(authentication),
            sharedInfo: Data("WebPush: info\0".utf8) + key.publicKey.x963Representation + Data(senderKey),
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
        let nonce = derived("Content-Encoding: nonce\0", 12).withUnsafeBytes { Array($0) }
        guard
            let box = try? AES.GCM.SealedBox(
                nonce: AES.GCM.Nonce(data: nonce),
                ciphertext: record.dropLast(tagBytes),
                tag: record.suffix(tagBytes)
            ),
            let padded = try? AES.GCM.open(box, using: derived("Content-Encoding: aes128gcm\0", 16))
        else { throw Problem(description: "the message was encrypted for another browser, or was changed") }
        // The padding is zeros; 2 before it says that this is the last record.
        guard let end = padded.lastIndex(where: { $0 != 0 }), padded[end] == 2 else {
            throw Problem(description: "the padding is wrong")
        }
        return Array(padded[..<end])
    }
}
