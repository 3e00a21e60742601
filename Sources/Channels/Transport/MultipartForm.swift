/// A body of type `multipart/form-data` (RFC 7578), in the form that browsers send.
struct MultipartForm {
    private let boundary: String
    private var body: [UInt8] = []

    /// - Parameter boundary: a text that occurs in no field: letters, digits and `-`, at most 70.
    init(boundary: String) {
        self.boundary = boundary
    }

    var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    mutating func add(_ name: String, _ value: String) {
        begin("name=\"\(Self.quoted(name))\"")
        body += Array("\r\n\(value)\r\n".utf8)
    }

    mutating func add(_ name: String, file: String, contentType: String, _ content: [UInt8]) {
        body.reserveCapacity(body.count + content.count + 512)
        begin("name=\"\(Self.quoted(name))\"; filename=\"\(Self.quoted(file))\"")
        body += Array("Content-Type: \(contentType)\r\n\r\n".utf8)
        body += content
        body += Array("\r\n".utf8)
    }

    /// The complete body, with the closing boundary.
    var bytes: [UInt8] { body + Array("--\(boundary)--\r\n".utf8) }

    private mutating func begin(_ parameters: String) {
        body += Array("--\(boundary)\r\nContent-Disposition: form-data; \(parameters)\r\n".utf8)
    }

    /// Source: HTML, "Multipart form data": only these three characters are percent-encoded.
    private static func quoted(_ text: String) -> String {
        text.replacing("\r", with: "%0D").replacing("\n", with: "%0A").replacing("\"", with: "%22")
    }
}
