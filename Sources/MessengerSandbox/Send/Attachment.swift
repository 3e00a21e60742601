/// Media that a message carries, always by URL. The sandbox does not fetch it: nothing leaves this machine.
package struct Attachment: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case image
        case audio
        case video
        case file
    }

    package let kind: Kind
    package let url: String
}
