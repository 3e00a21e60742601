import ArgumentParser
import Channels
import DripCore
import QRCodes

/// The output formats of `dripd link`.
enum LinkFormat: String, CaseIterable, ExpressibleByArgument {
    case text
    case url
    case svg
    case png
    case html

    /// Reads the format from a file's extension; nil if it has none.
    /// - Throws: `ValidationError` for any other extension: text in a file named .jpg is useless.
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
                "--output \(file): cannot write a link as .\(other); use .svg, .png, .html, .txt or .url"
            )
        }
    }
}

/// A link as a button for the shop's own web pages: one element that has no scripts and loads nothing.
enum ContactButton {
    static func html(url: String, label: String) -> String {
        """
        <a href="\(url.escapedForMarkup)" target="_blank" rel="noopener" style="display:inline-block;padding:12px 20px;\
        border-radius:8px;background:#0a5fe0;color:#fff;font:600 16px/1.25 system-ui,sans-serif;text-decoration:none">\
        \(label.escapedForMarkup)</a>
        """
    }
}

/// A link to a page, and the sequences that it starts there.
struct RefLink: Encodable {
    let ref: String
    let page: String
    let url: String
    let sequences: [String]

    init(ref: String, page: String, starts sequences: [DripSequence]) {
        self.ref = ref
        self.page = page
        url = ContactLink.url(page: page, ref: ref)
        self.sequences = sequences.map(\.id)
    }
}
