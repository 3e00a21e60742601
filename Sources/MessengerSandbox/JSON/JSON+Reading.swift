import Foundation

extension JSON: Decodable {
    /// Reads JSON text. Members come out sorted by name, because the decoder below does not keep their order.
    ///
    /// - Parameter lenient: also takes JSON5, which the platform's form fields allow: its own samples write
    ///   `recipient={'id':'…'}` with single quotes.
    init(bytes: [UInt8], lenient: Bool = false) throws {
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = lenient
        self = try decoder.decode(JSON.self, from: Data(bytes))
    }

    init(from decoder: any Decoder) throws {
        if let members = try? decoder.container(keyedBy: Name.self) {
            let names = members.allKeys.sorted { $0.stringValue < $1.stringValue }
            self = .object(
                try names.map { Member(name: $0.stringValue, value: try members.decode(JSON.self, forKey: $0)) }
            )
        } else if var elements = try? decoder.unkeyedContainer() {
            var array: [JSON] = []
            while !elements.isAtEnd { array.append(try elements.decode(JSON.self)) }
            self = .array(array)
        } else {
            self = try JSON(scalarIn: decoder.singleValueContainer())
        }
    }

    /// Integers are tried before floating point: ids have more digits than a `Double` keeps.
    private init(scalarIn container: any SingleValueDecodingContainer) throws {
        if container.decodeNil() {
            self = .null
        } else if let string = try? container.decode(String.self) {
            self = .string(string)
        } else if let bool = try? container.decode(Bool.self) {
            self = .bool(bool)
        } else if let integer = try? container.decode(Int64.self) {
            self = .integer(integer)
        } else {
            self = .number(try container.decode(Double.self))
        }
    }

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
