import DripCore

/// What all pages share: the document around the content, and the headers.
package enum PageLayout {
    package static let contentType = "text/html; charset=utf-8"

    /// The headers of each answer below `/p/`, besides `Content-Type`.
    ///
    /// Browsers send `Origin: null` with a form of a page that has no referrer. The token in the URL protects a form, not
    /// its origin.
    package static let headers: [(name: String, value: String)] = [
        ("Content-Security-Policy", contentSecurityPolicy),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Robots-Tag", "noindex, nofollow"),
        ("Cache-Control", "no-store"),
    ]

    /// `manifest-src` is for the push page. Without it, `default-src` refuses the manifest.
    package static let contentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    static func document(title: String, _ language: PageLanguage, head: Markup? = nil, _ content: [Markup?]) -> String {
        Markup.lines([
            """
            <!doctype html>
            <html lang="\(language.rawValue)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex, nofollow">
            <meta name="referrer" content="no-referrer">
            <title>\(title)</title>
            <link rel="stylesheet" href="/p/style.css">
            <link rel="icon" href="/p/icon.svg" type="image/svg+xml">
            """,
            head,
            """
            </head>
            <body>
            <main>
            \(Markup.lines(content))
            </main>
            </body>
            </html>

            """,
        ]).html
    }

    static func title(_ text: String, _ shop: String) -> String {
        "\(text) · \(shop)"
    }
}
