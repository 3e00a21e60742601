import DripCore
import Testing

@testable import WebServer

/// What holds of each page, whatever is in it.
@Suite struct PageSafetyTests {
    @Test(arguments: PageLanguage.allCases)
    func `no page has a script, a style or an event handler of its own`(language: PageLanguage) {
        for (name, html) in EveryPage.pages(language) {
            #expect(!html.contains(/<style|\sstyle\s*=/), "\(name)")
            #expect(!html.contains(/\son[a-z]+\s*=/), "\(name)")
            #expect(!html.contains(/javascript:|data:|https?:|srcdoc|<base|<iframe|http-equiv/), "\(name)")
            #expect(
                html.matches(of: /<script/).count
                    == html.matches(of: /<script src="\/p\/push\.js" defer><\/script>/).count
            )
        }
    }

    @Test(arguments: PageLanguage.allCases)
    func `a page loads only what the policy allows`(language: PageLanguage) {
        for (name, html) in EveryPage.pages(language) {
            for address in html.matches(of: /\s(?:src|href|action|formaction)="([^"]*)"/).map(\.1) {
                #expect(address.isEmpty || address.hasPrefix("/p/"), "\(name): \(address)")
            }
        }
        #expect(
            PageLayout.contentSecurityPolicy == """
                default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self'; \
                manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'
                """
        )
        #expect(!PageStyle.css.contains(/url\(|@import/))
    }

    @Test(arguments: PageLanguage.allCases)
    func `a page says its language and asks not to be indexed or referred to`(language: PageLanguage) {
        for (name, html) in EveryPage.pages(language) {
            #expect(html.hasPrefix("<!doctype html>\n<html lang=\"\(language.rawValue)\">\n"), "\(name)")
            #expect(html.contains(#"<meta name="robots" content="noindex, nofollow">"#), "\(name)")
            #expect(html.contains(#"<meta name="referrer" content="no-referrer">"#), "\(name)")
            #expect(html.contains(#"<meta name="viewport" content="width=device-width, initial-scale=1">"#), "\(name)")
            #expect(html.matches(of: /<h1>[^<]+<\/h1>/).count == 1, "\(name)")
            #expect(html.matches(of: /<title>[^<]+<\/title>/).count == 1, "\(name)")
        }
    }

    @Test(arguments: [
        "<script>alert(1)</script>", #""><img src=x onerror=alert(1)>"#, "' onfocus='alert(1)",
        "\"\u{301} autofocus x=\"",
        "</title></head><body>", "<!--", "]]>", "&lt;b&gt;", "a\u{202E}gpj.exe", "a\r\nb", "\u{0}", "%s\\",
    ])
    func `a hostile name changes no tag and no attribute`(name: String) {
        for language in PageLanguage.allCases {
            let plain = EveryPage.pages(language)
            let hostile = EveryPage.pages(language, shop: name, title: name, email: "\(name)@\(name)", token: name)
            for (expected, page) in zip(plain, hostile) {
                #expect(EveryPage.tags(page.html) == EveryPage.tags(expected.html), "\(page.name)")
                #expect(
                    page.html.utf8.count { $0 == 0x22 } == expected.html.utf8.count { $0 == 0x22 },
                    "\(page.name)"
                )
                #expect(page.html.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 }, "\(page.name)")
                #expect(!page.html.unicodeScalars.contains { (0x202A...0x202E).contains($0.value) }, "\(page.name)")
            }
        }
    }

    @Test func `each text is there in both languages`() {
        let (vietnamese, english) = (EveryPage.pages(.vietnamese), EveryPage.pages(.english))
        for (left, right) in zip(vietnamese, english) {
            let (texts, others) = (EveryPage.texts(left.html), EveryPage.texts(right.html))
            #expect(texts.count == others.count, "\(left.name)")
            for (text, other) in zip(texts, others) where text.contains(" ") {
                #expect(text != other, "\(left.name)")
            }
            #expect(
                right.html.unicodeScalars.filter { $0.properties.isAlphabetic }.allSatisfy { $0.isASCII },
                "\(left.name)"
            )
        }
    }

    @Test(arguments: ["messenger", "zalo", "zns", "telegram", "email", "sms", "push", "whatsapp"])
    func `each channel has a name for customers`(channel: String) {
        for language in PageLanguage.allCases {
            let name = PageTexts(language: language).name(of: ChannelName(rawValue: channel))
            #expect(name != channel)
            #expect(name.first?.isUppercase == true)
        }
    }
}
