import Testing
import WebServer

@Suite struct PageLanguageTests {
    @Test(arguments: [
        ("vi_VN", "en", PageLanguage.vietnamese), ("en_US", "vi", .english), ("en", "", .english),
        ("EN-GB", "vi", .english),
    ])
    func `the person's locale comes first`(locale: String, header: String, language: PageLanguage) {
        #expect(PageLanguage(locale: locale, acceptLanguage: header) == language)
    }

    @Test(arguments: [
        ("en-US,en;q=0.9,vi;q=0.8", PageLanguage.english), ("vi-VN,vi;q=0.9,en;q=0.8", .vietnamese),
        ("en;q=0.2, vi;q=0.7", .vietnamese), ("fr-FR,fr;q=0.9,en;q=0.5", .english), ("en ; q=1.0", .english),
        ("vi;q=0,en;q=0.1", .english), ("en;Q=0", .vietnamese), ("en;q=much", .vietnamese), ("en;q=nan", .vietnamese),
    ])
    func `without it the browser's languages count, by their weights`(header: String, language: PageLanguage) {
        #expect(PageLanguage(acceptLanguage: header) == language)
        #expect(PageLanguage(locale: "", acceptLanguage: header) == language)
        #expect(PageLanguage(locale: "fr_FR", acceptLanguage: header) == language)
    }

    @Test(arguments: ["", "*", ",;,", "fr", "english", "q=1", "-", ";q=1"])
    func `otherwise a page is Vietnamese`(header: String) {
        #expect(PageLanguage(acceptLanguage: header) == .vietnamese)
        #expect(PageLanguage() == .vietnamese)
    }

    @Test func `only the beginning of a long header is read`() {
        let header = String(repeating: "fr,", count: 100_000) + "en"
        #expect(PageLanguage(acceptLanguage: header) == .vietnamese)
    }
}
