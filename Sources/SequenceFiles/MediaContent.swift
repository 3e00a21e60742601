package import DripCore

/// Reads the files that messages show.
package enum MediaContent {
    /// The content that is in force: what lay there when the sequences were read.
    /// - Throws: `MediaContentError`, which says what to do.
    package static func read(_ file: MediaFile) throws(MediaContentError) -> [UInt8] {
        let bytes: [UInt8]
        do {
            bytes = try BoundedFile(path: file.location, limit: MessengerLimits.uploadBytes).bytes
        } catch {
            throw MediaContentError(
                "\(file.location): \(reason(error)); put the file back, then `systemctl reload dripd`"
            )
        }
        guard ContentHash.hex(of: bytes) == file.hash else {
            throw MediaContentError(
                "\(file.location) is not the file that it was when the sequences were read: `systemctl reload dripd` "
                    + "puts it in force"
            )
        }
        return bytes
    }

    /// To be put after the file's name.
    static func reason(_ failure: BoundedFile.Failure) -> String {
        switch failure {
        case .tooLarge: "has more than \(MessengerLimits.uploadBytes / 1_000_000) MB, and Messenger takes no more"
        case .missing, .isFolder, .notRegular, .system: failure.reason
        }
    }
}

package struct MediaContentError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
