import NIOCore
import Testing

@testable import WebServer

/// How often a verify token can be guessed.
@Suite struct VerifyTokenLimiterTests {
    @Test func `a client has thirty wrong ones in a minute`() throws {
        let guesses = VerifyTokenLimiter()
        let (stranger, platform) = (
            PeerAddress(try SocketAddress(ipAddress: "203.0.113.1", port: 1)),
            PeerAddress(try SocketAddress(ipAddress: "203.0.113.2", port: 1))
        )
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        for _ in 0..<30 {
            #expect(guesses.mayAsk(stranger, now: start))
            guesses.wasWrong(stranger)
        }
        #expect(!guesses.mayAsk(stranger, now: start + .seconds(59)))
        #expect(guesses.mayAsk(platform, now: start + .seconds(59)))
        #expect(guesses.mayAsk(stranger, now: start + .seconds(60)))
    }
}
