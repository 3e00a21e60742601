/// The `template` of a message: which one, and what comes into its gaps.
struct TemplateUse: Sendable, Equatable {
    struct Parameter: Sendable, Equatable {
        let name: String?
        let text: String
    }

    let name: String
    let language: String
    var parameters: [Parameter] = []
    /// Of the postback buttons, in order.
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
