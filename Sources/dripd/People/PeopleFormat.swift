import ArgumentParser

/// How `dripd people list` shows people.
enum PeopleFormat: String, CaseIterable, ExpressibleByArgument {
    case table
    case csv
    case json
    case ids

    /// Where --limit is not said: what a person looks at is short, what goes into a file is whole.
    var standardLimit: Int {
        switch self {
        case .table, .json: 100
        case .csv, .ids: .max
        }
    }
}
