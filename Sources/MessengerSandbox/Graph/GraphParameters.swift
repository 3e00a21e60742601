/// The parameters of a Graph API call, from the query and the body.
struct GraphParameters {
    /// An object. The body takes precedence over the query.
    let fields: JSON
    let token: String?
    /// The `filedata` part of a multipart body.
    let file: UploadedFile?

    init(_ call: GraphCall) throws(GraphError) {
        let query = try Self.members(ofForm: Array(call.query.utf8))
        let (body, file) = call.method != .get ? try Self.members(ofBody: call.body, call.contentType) : ([], nil)
        let fields = JSON.object(body + query)
        // A token in the query takes precedence over one in the body, and both over the header.
        var token = JSON.object(query)["access_token"]?.string ?? fields["access_token"]?.string
        if token == nil, let authorization = call.authorization, authorization.lowercased().hasPrefix("bearer ") {
            token = String(authorization.dropFirst("bearer ".count))
        }
        self.fields = fields
        self.file = file
        self.token = token
    }

    private static func members(
        ofBody body: [UInt8],
        _ contentType: String?
    ) throws(GraphError) -> ([JSON.Member], UploadedFile?) {
        let mediaType = contentType?.split(separator: ";").first?.lowercased() ?? "application/json"
        switch mediaType.trimmingSuffix(" ") {
        case "application/json":
            // A call may have all its parameters in the query and no body.
            if body.isEmpty { return ([], nil) }
            guard case .object(let members)? = try? JSON(bytes: body) else {
                throw .parameter("The request body is not a JSON object")
            }
            return (members, nil)
        case "application/x-www-form-urlencoded":
            return (try members(ofForm: body), nil)
        case MultipartForm.mediaType:
            return try members(ofMultipart: body, contentType ?? "")
        default:
            throw .parameter("The sandbox takes JSON, x-www-form-urlencoded and multipart bodies, not \(mediaType)")
        }
    }

    private static func members(
        ofMultipart body: [UInt8],
        _ contentType: String
    ) throws(GraphError) -> ([JSON.Member], UploadedFile?) {
        let form: MultipartForm
        do throws(MultipartError) {
            form = try MultipartForm(body, contentType: contentType)
        } catch {
            throw .parameter("The request body is not a multipart form: \(error)")
        }
        var members: [JSON.Member] = []
        var file: UploadedFile?
        for part in form.parts {
            if let name = part.fileName {
                guard part.name == "filedata", file == nil else {
                    throw .parameter("Only filedata may be a file, and only once")
                }
                file = UploadedFile(
                    name: name,
                    mediaType: part.mediaType ?? "application/octet-stream",
                    bytes: Array(part.content)
                )
            } else if let value = String(validating: part.content, as: UTF8.self) {
                members.append(try member(part.name, value))
            } else {
                throw .parameter("Param \(part.name) must be UTF-8")
            }
        }
        return (members, file)
    }

    /// Parses a form. Values that are objects or arrays are JSON; all others are plain strings.
    private static func members(ofForm form: [UInt8]) throws(GraphError) -> [JSON.Member] {
        var members: [JSON.Member] = []
        for pair in form.split(separator: UInt8(ascii: "&")) {
            let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decoded(halves[0]), let value = decoded(halves.count > 1 ? halves[1] : []) else {
                throw .parameter("The parameters are not a form: a percent escape is broken")
            }
            members.append(try member(name, value))
        }
        return members
    }

    private static func member(_ name: String, _ value: String) throws(GraphError) -> JSON.Member {
        guard value.hasPrefix("{") || value.hasPrefix("[") else { return .init(name: name, value: .string(value)) }
        guard let json = try? JSON(bytes: Array(value.utf8), lenient: true) else {
            throw .parameter("Param \(name) must be a JSON value")
        }
        return .init(name: name, value: json)
    }

    /// Returns nil if a percent escape is invalid or the bytes are not UTF-8.
    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String? {
        var result: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): result.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
                    return nil
                }
                result.append(high << 4 | low)
            default: result.append(byte)
            }
        }
        return String(validating: result, as: UTF8.self)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
    }
}

extension String {
    fileprivate func trimmingSuffix(_ character: Character) -> Substring {
        var rest = self[...]
        while rest.last == character { rest.removeLast() }
        return rest
    }
}
