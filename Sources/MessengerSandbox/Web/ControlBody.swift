/// The JSON object in the body of a control call.
struct ControlBody {
    private let fields: JSON

    /// Parses a body. An empty body counts as an empty object.
    init(_ bytes: [UInt8]) throws(ControlError) {
        guard !bytes.isEmpty else {
            fields = [:]
            return
        }
        guard let fields = try? JSON(bytes: bytes), fields.isObject else {
            throw .invalid("the body is not a JSON object")
        }
        self.fields = fields
    }

    func text(_ name: String) throws(ControlError) -> String? {
        guard let value = fields[name] else { return nil }
        guard let text = value.string else { throw .invalid("\(name) must be a string") }
        return text
    }

    func integer(_ name: String) throws(ControlError) -> Int64? {
        guard let value = fields[name] else { return nil }
        guard let integer = value.integer else { throw .invalid("\(name) must be an integer") }
        return integer
    }

    func flag(_ name: String) throws(ControlError) -> Bool? {
        guard let value = fields[name] else { return nil }
        guard let flag = value.bool else { throw .invalid("\(name) must be true or false") }
        return flag
    }

    func required(_ name: String) throws(ControlError) -> String {
        guard let text = try text(name) else { throw .invalid("\(name) is missing") }
        return text
    }

    func words(_ name: String) throws(ControlError) -> [String]? {
        guard let value = fields[name] else { return nil }
        guard let array = value.array else { throw .invalid("\(name) must be an array of strings") }
        let words = array.compactMap(\.string)
        guard words.count == array.count else { throw .invalid("\(name) must be an array of strings") }
        return words
    }

    /// Returns the field as a case of `Word`.
    func word<Word: RawRepresentable<String> & CaseIterable>(_ name: String) throws(ControlError) -> Word {
        guard let word = try text(name).flatMap(Word.init) else {
            throw .invalid("\(name) must be one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }

    /// - Parameter name: the name of the control call.
    func act(_ name: String) throws(ControlError) -> PersonAct {
        switch name {
        case "react":
            let (id, reaction) = (try required("message_id"), try text("reaction") ?? "love")
            let emoji = try text("emoji") ?? "\u{2764}\u{FE0F}"
            return try flag("take_back") ?? false
                ? .unreact(messageID: id, reaction: reaction, emoji: emoji)
                : .react(messageID: id, reaction: reaction, emoji: emoji)
        case "edit": return .edit(messageID: try required("message_id"), text: try required("text"))
        case "unsend": return .unsend(messageID: try required("message_id"))
        case "postback": return .postback(title: try required("title"), payload: try required("payload"))
        case "advertisement":
            return .advertisement(id: try required("ad_id"), ref: try text("ref"), text: try text("text"))
        default: return .plugin(ref: try required("ref"))
        }
    }

    func change(_ standing: inout PageStanding) throws(ControlError) {
        if let restricted = try flag("restricted") { standing.isRestricted = restricted }
        if let token = try text("token") {
            standing.deadToken = PageStanding.DeadToken(rawValue: token)
            guard token == "alive" || standing.deadToken != nil else {
                let words = PageStanding.DeadToken.allCases.map(\.rawValue).joined(separator: ", ")
                throw .invalid("token must be one of alive, \(words)")
            }
        }
        if let reviews = try flag("reviews_templates") { standing.reviewsTemplates = reviews }
        if let permissions = try words("missing_permissions") { standing.missingPermissions = permissions }
    }

    func comment() throws(ControlError) -> CommentDraft {
        var draft = CommentDraft()
        draft.person = try text("person")
        draft.name = try text("name")
        draft.text = try text("message")
        draft.post = try text("post")
        draft.parent = try text("parent")
        draft.isAnonymous = try flag("anonymous") ?? false
        draft.isByPage = try flag("by_page") ?? false
        return draft
    }

    func fault() throws(ControlError) -> Fault {
        let kind: Fault.Kind
        switch try text("kind") {
        case "delay":
            guard let milliseconds = try integer("milliseconds") else { throw .invalid("milliseconds is missing") }
            kind = .delay(milliseconds: milliseconds)
        case "error":
            guard let code = try integer("code").flatMap(Int.init(exactly:)) else { throw .invalid("code is missing") }
            kind = .error(code: code, subcode: try integer("subcode").flatMap(Int.init(exactly:)))
        case "lost_answer": kind = .lostAnswer
        case "refuse": kind = .refuse
        case "duplicate_webhook": kind = .duplicateWebhook
        default: throw .invalid("kind must be one of delay, error, lost_answer, refuse, duplicate_webhook")
        }
        let count = try integer("count").map { Int(clamping: $0) } ?? 1
        return Fault(kind: kind, person: try text("person"), count: count)
    }
}
