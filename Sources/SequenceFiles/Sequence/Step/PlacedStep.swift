import DripCore

/// A step and where its keys stand.
struct PlacedStep {
    let step: Step
    let fields: Fields

    func place(of key: String) -> Place {
        fields.place(of: key)
    }
}
