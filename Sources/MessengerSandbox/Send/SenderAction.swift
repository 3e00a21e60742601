/// What a page does in a conversation without sending a message.
enum SenderAction: String, Sendable {
    case typingOn = "typing_on"
    case typingOff = "typing_off"
    case markSeen = "mark_seen"
}
