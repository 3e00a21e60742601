/// A file that came with a call, as `filedata`.
struct UploadedFile: Sendable, Equatable {
    /// https://developers.facebook.com/docs/messenger-platform/reference/send-api says 25 MB; here those of the larger
    /// kind.
    static let byteLimit = 25 * 1024 * 1024

    let name: String
    let mediaType: String
    let bytes: [UInt8]
}
