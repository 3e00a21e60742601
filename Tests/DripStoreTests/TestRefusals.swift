import DripCore
import TestSupport

extension Refusal {
    static let retry = Refusal(
        meaning: .retry,
        code: "2",
        message: "An unexpected error has occurred.",
        retryAfter: nil
    )
    static let person = Refusal(
        meaning: .person,
        code: "551",
        message: "This person isn't available right now.",
        retryAfter: nil
    )
    static let window = Refusal(
        meaning: .window,
        code: "10/2018278",
        message: "This message is sent outside of allowed window.",
        retryAfter: nil
    )
}

extension Step {
    /// A step of three parts, 15 minutes from the start.
    static let parts = Step.make(
        "parts",
        Offset(15, .minute),
        text: [.literal("hi")],
        images: [.url("https://example.com/1.jpg")],
        video: .url("https://example.com/v.mp4")
    )
}
