/// An answer while it comes in.
struct CurlAnswer {
    private let limits: TransportLimits
    private var headerLines: [UInt8] = []
    /// Of the status lines and the interim answers, too: those could go on for ever.
    private var headerBytes = 0
    private var isInterim = false
    private var body: [UInt8] = []
    /// The empty line that ends the header has come, and not that of an interim answer only.
    private(set) var hasWholeHeader = false
    /// Which limit the answer exceeds.
    private(set) var excess: String?

    init(limits: TransportLimits) {
        self.limits = limits
    }

    /// A whole line of the header, its line end included. False: too much.
    mutating func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        headerBytes += line.count
        guard headerBytes <= limits.responseHeaderBytes else {
            excess = "the answer's header exceeds \(limits.responseHeaderBytes) bytes"
            return false
        }
        if line.starts(with: "HTTP/".utf8) {
            // A status line: what came before belonged to an interim answer (1xx).
            headerLines.removeAll(keepingCapacity: true)
            isInterim = line.dropFirst("HTTP/".utf8.count).drop { $0 != 0x20 }.starts(with: " 1".utf8)
        } else if line.first == 0x0d || line.first == 0x0a {
            hasWholeHeader = !isInterim
        } else {
            headerLines.append(contentsOf: line)
        }
        return true
    }

    /// False: too much.
    mutating func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= limits.responseBodyBytes else {
            excess = "the answer's body exceeds \(limits.responseBodyBytes) bytes"
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    func response(status: Int) -> HTTPResponse {
        HTTPResponse(status: status, headers: HTTPResponseHeaders(lines: headerLines), body: body)
    }
}
