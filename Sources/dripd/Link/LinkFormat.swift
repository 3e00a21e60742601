import ArgumentParser

/// In what form `dripd link` gives a link.
enum LinkFormat: String, CaseIterable, ExpressibleByArgument {
    case text
    case url
    case svg
    case png
    case html

    /// What a file's ending says.
    init?(file: String) {
        guard let dot = file.lastIndex(of: "."),
            let format = Self(rawValue: file[file.index(after: dot)...].lowercased())
        else { return nil }
        self = format
    }
}
