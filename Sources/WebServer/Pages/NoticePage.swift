/// A page for a request that gets no other page. Its token is not checked or not known, so it names neither shop nor person.
package enum NoticePage: CaseIterable, Sendable {
    /// The token is unknown, broken, or made for another page. For status 404.
    case unknownLink
    /// For status 429.
    case tooManyRequests

    package func html(_ language: PageLanguage) -> String {
        let texts = PageTexts(language: language)
        let (title, help) =
            switch self {
            case .unknownLink: (texts.unknownLink, texts.unknownLinkHelp)
            case .tooManyRequests: (texts.tooManyRequests, texts.tooManyRequestsHelp)
            }
        return PageLayout.document(title: title, language, ["<h1>\(title)</h1>", "<p>\(help)</p>"])
    }
}
