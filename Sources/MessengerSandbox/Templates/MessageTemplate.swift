/// A text with placeholders. After the platform has approved it, it may be sent at any time:
/// https://developers.facebook.com/docs/messenger-platform/send-messages/utility-messages
struct MessageTemplate: Sendable {
    static let textLimit = 1024

    let id: String
    let name: String
    let language: String
    /// The text of the body, with placeholders such as `{{1}}` or `{{order_id}}`.
    let text: String
    let buttons: [Button]
    let components: JSON
    var status: TemplateStatus
    var rejection: String?

    /// The names of the placeholders, in the order of their first appearance.
    var parameters: [String] { Self.parameters(in: text) }

    /// - Parameter fields: the fields of `POST /{PAGE_ID}/message_templates`. The platform does not document the allowed
    ///   characters and lengths; the limits here are ones that every working template keeps.
    init(_ fields: JSON, id: String, isReviewed: Bool) throws(GraphError) {
        guard let name = fields["name"]?.string, name.wholeMatch(of: /[a-z0-9_]{1,512}/) != nil else {
            throw .parameter("Param name must be lower-case letters, digits and _")
        }
        guard let language = fields["language"]?.string,
            language.wholeMatch(of: /[A-Za-z]{2,3}(_[A-Za-z]{2,4})?/) != nil
        else { throw .parameter("Param language must be a language code such as vi or en_US") }
        guard fields["category"] == "UTILITY" else { throw .parameter("Param category must be UTILITY") }
        guard let components = fields["components"], let list = components.array else {
            throw .parameter("Param components must be an array")
        }
        let bodies = list.filter { $0["type"]?.string?.uppercased() == "BODY" }
        guard bodies.count == 1, let text = bodies[0]["text"]?.string, !text.isEmpty,
            text.unicodeScalars.count <= Self.textLimit
        else {
            throw .parameter("Param components must have one BODY with a text of 1 to \(Self.textLimit) characters")
        }
        self.id = id
        self.name = name
        self.language = language
        self.text = text
        self.components = components
        buttons = try Self.buttons(in: list)
        rejection = Self.rejection(of: text)
        status = rejection != nil ? .rejected : isReviewed ? .pending : .approved
    }

    /// Returns the text and the buttons with all placeholders filled in.
    func filled(_ use: TemplateUse) throws(GraphError) -> (text: String, buttons: [Button]) {
        let isNamed = parameters.contains { Int($0) == nil }
        var values: [String: String] = [:]
        for (index, parameter) in use.parameters.enumerated() {
            guard let name = isNamed ? parameter.name : String(index + 1) else {
                throw .parameter("Template \(name) needs the parameter_name of each parameter")
            }
            values[name] = parameter.text
        }
        guard values.count == use.parameters.count, Set(values.keys) == Set(parameters) else {
            throw .parameter(
                "Template \(name) takes \(parameters.count) parameters: \(parameters.joined(separator: ", "))"
            )
        }
        let postbacks = buttons.count { $0.kind == .postback }
        guard use.payloads.count <= postbacks else {
            throw .parameter("Template \(name) has \(postbacks) postback buttons")
        }
        var payloads = use.payloads[...]
        return (
            text.replacing(Self.gap) { values[String($0.1)] ?? "" },
            buttons.map { button in
                guard button.kind == .postback, let payload = payloads.popFirst() else { return button }
                return Button(kind: .postback, title: button.title, value: payload)
            }
        )
    }

    private static var gap: Regex<(Substring, Substring)> { /\{\{ *([0-9A-Za-z_]+) *\}\}/ }

    private static func parameters(in text: String) -> [String] {
        text.matches(of: gap).reduce(into: []) { names, match in
            if !names.contains(String(match.1)) { names.append(String(match.1)) }
        }
    }

    /// "Template cannot start or end with a parameter; parameters must be sequential" (same source). The sandbox does not
    /// check how many words a parameter needs around it, or whether a text is marketing. A control call can reject those.
    private static func rejection(of text: String) -> String? {
        let names = parameters(in: text)
        let numbers = names.compactMap { Int($0) }
        let isSequential = numbers.isEmpty || numbers == Array(1...names.count)
        let starts = text.prefixMatch(of: gap) != nil
        let ends = text.matches(of: gap).last?.range.upperBound == text.endIndex
        return isSequential && !starts && !ends ? nil : "INCORRECT_PARAMS"
    }

    private static func buttons(in components: [JSON]) throws(GraphError) -> [Button] {
        var buttons: [Button] = []
        for component in components where component["type"]?.string?.uppercased() == "BUTTONS" {
            for button in component["buttons"]?.array ?? [] {
                let kind: Button.Kind
                switch button["type"]?.string?.uppercased() {
                case "URL": kind = .webURL
                case "POSTBACK": kind = .postback
                case "PHONE_NUMBER": kind = .phoneNumber
                default: throw .parameter("Param components has a button of an unknown type")
                }
                guard let title = button["text"]?.string ?? button["title"]?.string, !title.isEmpty else {
                    throw .parameter("Param components has a button without a text")
                }
                let value = button["url"]?.string ?? button["phone_number"]?.string ?? button["payload"]?.string
                buttons.append(Button(kind: kind, title: title, value: value ?? title))
            }
        }
        return buttons
    }
}

/// The review status of a template. The platform's pages on utility messages show only the first of them.
package enum TemplateStatus: String, Sendable, CaseIterable {
    case approved = "APPROVED"
    case pending = "PENDING"
    case rejected = "REJECTED"
    case disabled = "DISABLED"
}

/// The `template` of a message: a template's name and the values of its placeholders.
struct TemplateUse: Sendable, Equatable {
    struct Parameter: Sendable, Equatable {
        let name: String?
        let text: String
    }

    let name: String
    let language: String
    var parameters: [Parameter] = []
    /// The payloads of the postback buttons, in order.
    var payloads: [String] = []

    init(_ template: JSON) throws(GraphError) {
        guard let name = template["name"]?.string, let language = template["language"]?["code"]?.string else {
            throw .parameter("Param message[template] must have name and language[code]")
        }
        self.name = name
        self.language = language
        for component in template["components"]?.array ?? [] {
            let type = component["type"]?.string?.lowercased()
            for parameter in component["parameters"]?.array ?? [] {
                switch type {
                case "body":
                    guard let text = parameter["text"]?.string, !text.isEmpty else {
                        throw .parameter("Param message[template][components] has a parameter without a text")
                    }
                    parameters.append(Parameter(name: parameter["parameter_name"]?.string, text: text))
                case "buttons":
                    guard let payload = parameter["payload"]?.string else {
                        throw .parameter("Param message[template][components] has a button without a payload")
                    }
                    payloads.append(payload)
                default: throw .parameter("Param message[template][components] may have the types body and buttons")
                }
            }
        }
    }
}
