import DripCore
import Foundation

/// `/p/manifest.webmanifest?token=TOKEN`. On iPhones, notifications work only in a page on the home screen, and such a page
/// needs a manifest. Source: W3C, Web Application Manifest.
package enum PushManifest {
    package static let contentType = "application/manifest+json; charset=utf-8"

    private struct Manifest: Encodable {
        let name: String
        let shortName: String
        let lang: String
        let startUrl: String
        let scope = "/p/"
        let display = "standalone"
        let backgroundColor = "#0a6c5d"
        let themeColor = "#0a6c5d"
        let icons = [
            Icon(src: "/p/icon.svg", sizes: "any", type: "image/svg+xml"),
            Icon(src: "/p/icon.png", sizes: "192x192", type: "image/png"),
        ]
    }

    private struct Icon: Encodable {
        let src: String
        let sizes: String
        let type: String
    }

    /// - Parameter token: of the push page. The app on the home screen opens that page, and shares no storage with the
    ///   browser.
    package static func json(shop: String, token: String, language: PageLanguage) throws -> String {
        let name = OutsideText.name(shop)
        let manifest = Manifest(
            name: name,
            shortName: name,
            lang: language.rawValue,
            startUrl: "/p/push/\(token)"
        )
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(manifest), as: UTF8.self)
    }
}
