import DripCore

/// `typing:`, for how long a person sees that the page writes.
enum TypingText {
    static func parse(_ text: String) throws(Fault) -> Span {
        let typing = try OffsetText.parse(text)
        guard typing.unit == .second, typing.nominal <= MessengerLimits.typing else {
            let most = MessengerLimits.typing.milliseconds / 1000
            throw Fault("'\(text)' is too long: a person sees for \(most) s at most that the page writes")
        }
        return typing.nominal
    }
}
