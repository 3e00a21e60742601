import Channels
import Dispatch
import DripCore

/// An answer that no platform would give, to every question.
struct FuzzedAnswer: Transport {
    private let response: HTTPResponse

    init(_ bytes: [UInt8]) {
        let newline = UInt8(ascii: "\n")
        var lines = bytes.split(separator: newline, omittingEmptySubsequences: false)
        let status = String(decoding: lines.removeFirst(), as: UTF8.self)
        let head = lines.prefix { !$0.isEmpty }
        let headers = head.map { line in
            let field = line.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            return HTTPHeader(field[0], field.count > 1 ? field[1] : "")
        }
        response = HTTPResponse(
            status: Int(status) ?? 200,
            headers: HTTPResponseHeaders(headers),
            body: Array(lines.dropFirst(head.count + 1).joined(separator: [newline]))
        )
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        response
    }

    /// Each is an outcome, whatever it says.
    func read() {
        let channel = MessengerChannel(transport: self, graphURL: "http://localhost", tokens: ["1": "token"])
        let isOver = DispatchSemaphore(value: 0)
        Task {
            let key = DeliveryKey(instance: "fuzz", enrollment: EnrollmentID(rawValue: 1), step: "one", part: 0)
            _ = await channel.deliver(.text("chào", buttons: []), from: "1", to: .person("2"), key: key)
            _ = await channel.conversations(of: "1", after: nil)
            _ = await channel.comments(under: "1_2", of: "1", after: nil)
            _ = await channel.profile(of: "2", on: "1", fields: ["first_name"])
            _ = try? await channel.tokenOwner("1")
            _ = try? await channel.subscribedFields("1")
            isOver.signal()
        }
        isOver.wait()
    }
}
