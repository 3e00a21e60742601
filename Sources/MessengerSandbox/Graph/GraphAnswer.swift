/// What becomes of a call of the Graph API.
struct GraphAnswer: Sendable {
    enum Handling: Sendable, Equatable {
        case answer
        /// Answer after this many real milliseconds.
        case answerLater(milliseconds: Int64)
        /// Close the connection without a byte.
        case close
    }

    var handling = Handling.answer
    var status = 200
    var headers: [(name: String, value: String)] = []
    let body: JSON
}
