/// One request to a channel: the Messenger Platform takes a text or attachments in a message, never both, so a step with
/// a text, pictures and a video is three parts, sent in this order.
package enum MessagePart: Hashable, Sendable {
    case text(String, buttons: [Button])
    /// Addresses of pictures.
    case images([String])
    case video(String)
    case file(String)
}

extension Step {
    /// The parts of this step for one person; at least one.
    package func parts(seed: UInt64, value: (String) -> String?) -> [MessagePart] {
        var parts: [MessagePart] = []
        if let text {
            parts.append(.text(text.rendered(seed: seed, value: value), buttons: buttons))
        }
        if !images.isEmpty { parts.append(.images(images)) }
        if let video { parts.append(.video(video)) }
        if let file { parts.append(.file(file)) }
        return parts
    }
}
