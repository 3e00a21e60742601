/// A place at which a file names another sequence.
struct SequenceReference {
    let sequence: String
    let place: Place
}
