/// A value in a YAML file and where it stands. Only what the files need: no anchors, aliases, tags or merge keys.
struct YAMLNode {
    enum Content {
        case scalar(YAMLScalar)
        case list([YAMLNode])
        case mapping([YAMLField])
        /// Something that has been reported already: every reader passes over it in silence.
        case reported
    }

    let content: Content
    let place: Place

    /// Nothing stands after the colon.
    var isEmpty: Bool {
        guard case .scalar(let scalar) = content else { return false }
        return scalar.text.isEmpty && scalar.style == .plain
    }

    /// What it is, for "must be a list, not …".
    var kind: String {
        switch content {
        case .scalar: "a text"
        case .list: "a list"
        case .mapping: "a mapping"
        case .reported: "something else"
        }
    }
}
