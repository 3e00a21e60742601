/// The page of `/p/push/TOKEN`, where a person turns on notifications. `PushScript` shows the part that fits: each part
/// names the states in which it is visible.
package struct PushPage: Sendable {
    private let shop: String
    private let promise: String
    private let serverKey: String
    private let token: String
    private let language: PageLanguage
    private var texts: PageTexts { PageTexts(language: language) }

    /// - Parameters:
    ///   - promise: one sentence of the shop: what will come, how often, and how to stop; nil: the standard sentence.
    ///   - serverKey: the application server's public key, in base64url.
    ///   - token: from the page's URL. It has only characters that need no encoding in a URL.
    package init(shop: String, promise: String? = nil, serverKey: String, token: String, language: PageLanguage) {
        self.shop = shop
        self.promise = promise ?? PageTexts(language: language).pushPromise(shop)
        self.serverKey = serverKey
        self.token = token
        self.language = language
    }

    /// The words above the button, for the record of the consent.
    package var wording: String { promise }

    package var html: String {
        PageLayout.document(
            title: PageLayout.title(texts.pushTitle, shop),
            language,
            head: """
                <link rel="apple-touch-icon" href="/p/icon.png">
                <link rel="manifest" href="/p/manifest.webmanifest?token=\(token)">
                <script src="/p/push.js" defer></script>
                """,
            [
                "<h1>\(texts.pushHeading(shop))</h1>",
                "<p>\(promise)</p>",
                #"<div id="push" data-key="\#(serverKey)" data-token="\#(token)">"#,
                #"<div role="status">"#,
                part("working", texts.pushWorking),
                part("done", texts.pushDone),
                part("already", texts.pushAlready),
                part("dismissed", texts.pushDismissed),
                part("denied", texts.pushDenied),
                part("denied-apple", texts.pushDeniedByApple(shop)),
                part("unsupported", texts.pushUnsupported),
                part("failed", texts.pushFailed),
                part("home-screen", texts.pushHomeScreen),
                #"<ol data-states="home-screen" hidden>"#,
                Markup.lines(texts.pushHomeScreenSteps.map { "<li>\($0)</li>" }),
                "</ol>",
                "</div>",
                """
                <button type="button" data-states="ask already dismissed failed" hidden>\(texts.pushButton)</button>
                </div>
                <noscript><p class="notice">\(texts.pushWithoutScript)</p></noscript>
                """,
            ]
        )
    }

    private func part(_ states: String, _ text: String) -> Markup {
        #"<p class="notice" data-states="\#(states)" hidden>\#(text)</p>"#
    }
}
