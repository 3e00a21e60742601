/// One `key: value` of a mapping.
struct YAMLField {
    let key: String
    let place: Place
    let value: YAMLNode
}
