/// The pages of `/p/u/TOKEN`. GET shows `question`, which changes nothing: scanners follow links in mails. POST
/// unsubscribes and shows `confirmation`.
///
/// The button posts what RFC 8058 makes mail programs post, `List-Unsubscribe=One-Click`, so one handler serves both.
package struct UnsubscribePage: Sendable {
    private let shop: String
    private let address: MaskedAddress
    private let language: PageLanguage

    package init(shop: String, address: MaskedAddress, language: PageLanguage) {
        self.shop = shop
        self.address = address
        self.language = language
    }

    package var question: String {
        let texts = PageTexts(language: language)
        return PageLayout.document(
            title: PageLayout.title(texts.unsubscribeTitle, shop),
            language,
            [
                "<h1>\(texts.unsubscribeQuestion(shop))</h1>",
                addressLine,
                "<p>\(texts.unsubscribeEffect(shop))</p>",
                """
                <form method="post">
                <button name="List-Unsubscribe" value="One-Click">\(texts.unsubscribe)</button>
                </form>
                """,
            ]
        )
    }

    /// - Parameter preferences: the path of the person's preferences, `/p/c/TOKEN`.
    package func confirmation(preferences: String) -> String {
        let texts = PageTexts(language: language)
        return PageLayout.document(
            title: PageLayout.title(texts.unsubscribed, shop),
            language,
            [
                "<h1>\(texts.unsubscribed)</h1>",
                addressLine,
                "<p>\(texts.unsubscribedEffect(shop))</p>",
                #"<p><a class="button" href="\#(preferences)">\#(texts.choose)</a></p>"#,
            ]
        )
    }

    private var addressLine: Markup {
        "<p>\(PageTexts(language: language).address) <strong>\(address.text)</strong></p>"
    }
}
