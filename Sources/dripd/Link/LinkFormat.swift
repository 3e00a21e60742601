import ArgumentParser

/// In what form `dripd link` gives a link.
enum LinkFormat: String, CaseIterable, ExpressibleByArgument {
    case text
    case url
    case svg
    case png
    case html

    /// What a file's ending says; nil: it has none.
    /// - Throws: `ValidationError` where it is that of something else: a picture's name with text in it is of no use.
    init?(ofFile file: String) throws {
        let name = file.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
        switch name[name.index(after: dot)...].lowercased() {
        case "txt", "text": self = .text
        case "url": self = .url
        case "svg": self = .svg
        case "png": self = .png
        case "html", "htm": self = .html
        case let other:
            throw ValidationError(
                "--output \(file): no link is written as .\(other); use .svg, .png, .html, .txt or .url"
            )
        }
    }
}
