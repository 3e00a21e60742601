import ArgumentParser

/// How `dripd check` says what it found.
enum CheckFormat: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
    case github
    case sarif
}
