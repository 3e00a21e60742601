import Hummingbird

/// What `/readyz` says: as text for people, as JSON for who asks for that.
struct ReadinessAnswer: Codable {
    let ready: Bool
    let reasons: [String]

    init(obstacles: [String]) {
        ready = obstacles.isEmpty
        reasons = obstacles
    }

    func response(to request: Request) throws -> Response {
        let status: HTTPResponse.Status = ready ? .ok : .serviceUnavailable
        if request.headers[.accept]?.contains("application/json") == true { return try .json(self, status: status) }
        let text = ready ? "ready\n" : "not ready\n" + reasons.map { "- \($0)\n" }.joined()
        return .text(text, status: status)
    }
}
