/// The parameters of a Send API call, whichever of the two forms its body has.
struct SendParameters {
    /// An object.
    let fields: JSON
    let token: String?

    init(_ call: SendCall) throws(GraphError) {
        let mediaType = call.contentType?.split(separator: ";").first?.lowercased() ?? "application/json"
        switch mediaType.trimmingSuffix(" ") {
        case "application/json":
            guard let fields = try? JSON(bytes: call.body), fields.isObject else {
                throw .parameter("The request body is not a JSON object")
            }
            self.fields = fields
        case "application/x-www-form-urlencoded":
            self.fields = try Self.fields(ofForm: call.body)
        default:
            throw .parameter("The sandbox takes JSON and x-www-form-urlencoded bodies, not \(mediaType)")
        }
        var token = call.queryToken ?? fields["access_token"]?.string
        if token == nil, let authorization = call.authorization, authorization.lowercased().hasPrefix("bearer ") {
            token = String(authorization.dropFirst("bearer ".count))
        }
        self.token = token
    }

    /// Form values that are objects or arrays are JSON; all others are plain strings.
    private static func fields(ofForm body: [UInt8]) throws(GraphError) -> JSON {
        var members: [JSON.Member] = []
        for pair in body.split(separator: UInt8(ascii: "&")) {
            let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decoded(halves[0]), let value = decoded(halves.count > 1 ? halves[1] : []) else {
                throw .parameter("The request body is not a form: a percent escape is broken")
            }
            if value.hasPrefix("{") || value.hasPrefix("[") {
                guard let json = try? JSON(bytes: Array(value.utf8), lenient: true) else {
                    throw .parameter("Param \(name) must be a JSON value")
                }
                members.append(.init(name: name, value: json))
            } else {
                members.append(.init(name: name, value: .string(value)))
            }
        }
        return .object(members)
    }

    /// Nil when a percent escape is broken or the bytes are not UTF-8.
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
