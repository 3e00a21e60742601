/// What becomes of a call of the Send API.
struct SendDecision: Sendable {
    enum Handling: Sendable, Equatable {
        case answer
        /// Answer after this many real milliseconds.
        case answerLater(milliseconds: Int64)
        /// Close the connection without a byte.
        case close
    }

    let handling: Handling
    let status: Int
    let headers: [(name: String, value: String)]
    let body: JSON
}
