/// The `fields` parameter of a read: field names, optionally with a limit and nested fields, such as
/// `participants,messages.limit(5){id,message}`.
/// https://developers.facebook.com/docs/graph-api/guides/field-expansion
struct FieldSelection: Sendable, Equatable {
    struct Field: Sendable, Equatable {
        let name: String
        var limit: Int?
        var fields: FieldSelection?
    }

    static let depthLimit = 4
    static let countLimit = 100

    let fields: [Field]

    init(fields: [Field]) {
        self.fields = fields
    }

    init(_ text: String) throws(GraphError) {
        var rest = Substring(text.filter { $0 != " " })
        self = try Self.read(&rest, depth: 1)
        guard rest.isEmpty else { throw Self.error(at: rest) }
    }

    /// Parses the `fields` of `parameters`, or `standard` if there are none.
    init(of parameters: JSON, else standard: String) throws(GraphError) {
        let text = parameters["fields"]?.string ?? ""
        self = try FieldSelection(text.isEmpty ? standard : text)
    }

    /// Returns the selected members of `all` in the order of the selection. The id is always included.
    func members(of all: (Field) -> JSON?) -> JSON {
        var members: [JSON.Member] = []
        for field in fields where !members.contains(where: { $0.name == field.name }) {
            if let value = all(field) { members.append(.init(name: field.name, value: value)) }
        }
        if !members.contains(where: { $0.name == "id" }), let id = all(Field(name: "id")) {
            members.append(.init(name: "id", value: id))
        }
        return .object(members)
    }

    private static func read(_ rest: inout Substring, depth: Int) throws(GraphError) -> FieldSelection {
        guard depth <= depthLimit else { throw .parameter("Param fields goes deeper than \(depthLimit) levels") }
        var fields: [Field] = []
        while true {
            let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            guard !name.isEmpty, fields.count < countLimit else { throw error(at: rest) }
            rest.removeFirst(name.count)
            var field = Field(name: String(name))
            while let modifier = rest.prefixMatch(of: /\.([a-z_]+)\(([0-9A-Za-z_]*)\)/) {
                if modifier.1 == "limit" { field.limit = Int(modifier.2) }
                rest.removeFirst(modifier.0.count)
            }
            if rest.first == "{" {
                rest.removeFirst()
                field.fields = try read(&rest, depth: depth + 1)
                guard rest.first == "}" else { throw error(at: rest) }
                rest.removeFirst()
            }
            fields.append(field)
            guard rest.first == "," else { return FieldSelection(fields: fields) }
            rest.removeFirst()
        }
    }

    private static func error(at rest: Substring) -> GraphError {
        GraphError(
            code: 2500,
            message: rest.isEmpty
                ? "Syntax error \"Expected name.\" at end of string." : "Syntax error at \"\(rest.prefix(20))\"."
        )
    }
}
