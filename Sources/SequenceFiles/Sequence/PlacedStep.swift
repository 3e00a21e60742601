import DripCore

/// A step and the place of its offset.
struct PlacedStep {
    let step: Step
    let afterPlace: Place
}
