import DripCore

@testable import WebServer

/// Each page with each of its parts, for what holds of all of them.
enum EveryPage {
    static func pages(
        _ language: PageLanguage,
        shop: String = "ABC",
        title: String = "Coffee",
        email: String = "lan@gmail.com",
        token: String = "token"
    ) -> [(name: String, html: String)] {
        let unsubscribe = MaskedAddress(email, on: ChannelName(rawValue: "email")).map {
            UnsubscribePage(shop: shop, address: $0, language: language)
        }
        func preferences(isStopped: Bool) -> PreferencesPage {
            PreferencesPage(
                shop: shop,
                ways: [
                    PreferencesPage.Way(id: title, channel: .messenger, address: nil, isOn: !isStopped),
                    PreferencesPage.Way(
                        id: "2",
                        channel: ChannelName(rawValue: "email"),
                        address: MaskedAddress(email, on: ChannelName(rawValue: "email")),
                        isOn: false
                    ),
                    PreferencesPage.Way(id: "3", channel: ChannelName(rawValue: "push"), address: nil, isOn: true),
                    PreferencesPage.Way(id: "4", channel: ChannelName(rawValue: title), address: nil, isOn: true),
                ],
                sequences: [PreferencesPage.RunningSequence(id: title, title: title, isOn: true)],
                offers: true,
                isStopped: isStopped,
                language: language
            )
        }
        return [
            ("question", unsubscribe?.question ?? ""),
            ("confirmation", unsubscribe?.confirmation(preferences: "/p/c/\(token)") ?? ""),
            ("preferences", preferences(isStopped: false).html()),
            ("saved preferences", preferences(isStopped: false).html(isSaved: true)),
            ("stopped preferences", preferences(isStopped: true).html()),
            ("forget", preferences(isStopped: false).forgetQuestion),
            ("forgotten", PreferencesPage.forgotten(shop: shop, language: language)),
            ("push", PushPage(shop: shop, serverKey: token, token: token, language: language).html),
            ("unknown link", NoticePage.unknownLink.html(language)),
            ("too many requests", NoticePage.tooManyRequests.html(language)),
        ]
    }

    /// The tags of a page, without their attributes.
    static func tags(_ html: String) -> [String] {
        html.matches(of: /<(\/?[a-z0-9!]+)[^>]*>/).map { String($0.1) }
    }

    /// The texts between the tags.
    static func texts(_ html: String) -> [String] {
        html.split(separator: /<[^>]*>/).map { String($0).trimmed }.filter { !$0.isEmpty }
    }
}
