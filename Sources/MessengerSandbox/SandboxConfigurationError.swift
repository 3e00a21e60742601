/// Why a sandbox refuses to start.
package enum SandboxConfigurationError: Error, Equatable, CustomStringConvertible {
    case listensBeyondLoopback(host: String)
    case noSuchPort(Int)
    case webhookURLUnusable(String)
    case webhooksBeyondLoopback(url: String)
    case empty(String)
    case rateNotPositive
    case cannotListen(address: String, why: String)

    package var description: String {
        switch self {
        case .listensBeyondLoopback(let host):
            "the sandbox listens on loopback addresses only (127.0.0.1, ::1, localhost), not on \(host)"
        case .noSuchPort(let port):
            "\(port) is not a port; use 0 for any free one, or up to 65535"
        case .webhookURLUnusable(let url):
            "\(url) is not an http or https URL to send webhooks to"
        case .webhooksBeyondLoopback(let url):
            "the sandbox sends webhooks to loopback addresses only, not to \(url)"
        case .empty(let name):
            "the sandbox's \(name) is empty"
        case .rateNotPositive:
            "the sandbox's rates must be at least 1, and what freezes a page no negative time"
        case .cannotListen(let address, let why):
            "the sandbox cannot listen on \(address): \(why)"
        }
    }
}
