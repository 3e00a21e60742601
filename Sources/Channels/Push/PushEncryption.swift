package import Crypto
package import Foundation

/// Encrypts a notification for one browser (RFC 8291, in the one-record form of RFC 8188). The push service cannot read it.
package enum PushEncryption {
    /// The most bytes of a notification. RFC 8291 allows 3,993; some browsers take less.
    package static let longest = 2_800
    private static let recordSize: UInt32 = 4096

    package struct TooLong: Error, Hashable, Sendable {
        package let bytes: Int

        package init(bytes: Int) {
            self.bytes = bytes
        }
    }

    /// - Parameters:
    ///   - sender: a key for this message alone.
    ///   - salt: 16 random bytes.
    package static func encrypt(
        _ notification: Data,
        for subscription: PushSubscription,
        sender: P256.KeyAgreement.PrivateKey = P256.KeyAgreement.PrivateKey(),
        salt: Data = Data((0..<16).map { _ in UInt8.random(in: .min ... .max) })
    ) throws -> Data {
        guard notification.count <= longest else { throw TooLong(bytes: notification.count) }
        let receiver = try P256.KeyAgreement.PublicKey(x963Representation: subscription.key)
        let shared = try sender.sharedSecretFromKeyAgreement(with: receiver)
        let (receiverKey, senderKey) = (receiver.x963Representation, sender.publicKey.x963Representation)
        let material = shared.hkdfDerivedSymmetricKey(
            using: SHA256.self,
            salt: subscription.authentication,
            sharedInfo: Data("WebPush: info\0".utf8) + receiverKey + senderKey,
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
        let nonce = derived("Content-Encoding: nonce\0", 12).withUnsafeBytes { Data($0) }
        // 2 ends the last record.
        let sealed = try AES.GCM.seal(
            notification + [2],
            using: derived("Content-Encoding: aes128gcm\0", 16),
            nonce: AES.GCM.Nonce(data: nonce)
        )
        let size = withUnsafeBytes(of: recordSize.bigEndian) { Data($0) }
        return salt + size + [UInt8(senderKey.count)] + senderKey + sealed.ciphertext + sealed.tag
    }
}
