package import DripCore

/// The pages of `/p/c/TOKEN`: what a person receives, and by which ways. Each form posts to the page's own URL;
/// `PreferencesForm` reads what it posts.
///
/// | field | values |
/// | --- | --- |
/// | `way-ID`, `sequence-ID`, `offers` | `off`, and after it `on` if the box is checked. A switch that was not shown has no field. |
/// | `action` | `save`, `stop` (nothing more), `forget` (asks), `forget-confirmed` |
package struct PreferencesPage: Sendable {
    /// A way to reach the person.
    package struct Way: Hashable, Sendable {
        package let id: String
        package let channel: ChannelName
        package let address: MaskedAddress?
        package let isOn: Bool

        package init(id: String, channel: ChannelName, address: MaskedAddress?, isOn: Bool) {
            self.id = id
            self.channel = channel
            self.address = address
            self.isOn = isOn
        }
    }

    /// A sequence that the person is in.
    package struct RunningSequence: Hashable, Sendable {
        package let id: String
        package let title: String
        package let isOn: Bool

        package init(id: String, title: String, isOn: Bool) {
            self.id = id
            self.title = title
            self.isOn = isOn
        }
    }

    private let shop: String
    private let ways: [Way]
    private let sequences: [RunningSequence]
    private let offers: Bool
    private let isStopped: Bool
    private let language: PageLanguage
    private var texts: PageTexts { PageTexts(language: language) }

    /// - Parameters:
    ///   - offers: whether the person has agreed to offers.
    ///   - isStopped: whether the person has stopped everything.
    package init(
        shop: String,
        ways: [Way],
        sequences: [RunningSequence],
        offers: Bool,
        isStopped: Bool,
        language: PageLanguage
    ) {
        self.shop = shop
        self.ways = ways
        self.sequences = sequences
        self.offers = offers
        self.isStopped = isStopped
        self.language = language
    }

    /// The words beside the switch of offers, for the record of the consent.
    package var offersWording: String { texts.offers(shop) }

    /// - Parameter isSaved: whether the page answers a form that was saved.
    package func html(isSaved: Bool = false) -> String {
        PageLayout.document(
            title: PageLayout.title(texts.preferencesTitle, shop),
            language,
            [
                "<h1>\(texts.preferencesHeading(shop))</h1>",
                isSaved ? #"<p class="notice" role="status">\#(texts.saved)</p>"# : nil,
                isStopped ? #"<p class="notice" role="status">\#(texts.stopped(shop))</p>"# : nil,
                isStopped ? nil : "<p>\(texts.preferencesHint)</p>",
                // Browsers would otherwise restore the switches of an earlier visit.
                #"<form method="post" autocomplete="off">"#,
                group(texts.ways, ways.map(row)),
                group(texts.sequences, sequences.map(row)),
                group(texts.offersTitle, [switchRow("offers", isOn: offers, "\(offersWording)")]),
                #"<button name="action" value="save">\#(texts.save)</button>"#,
                "<hr>",
                isStopped ? nil : other("stop", texts.stopTitle, texts.stopEffect(shop)),
                other("forget", texts.forgetTitle, texts.forgetHint),
                "</form>",
            ]
        )
    }

    /// Asks again before `forget`.
    package var forgetQuestion: String {
        PageLayout.document(
            title: PageLayout.title(texts.forgetTitle, shop),
            language,
            [
                "<h1>\(texts.forgetQuestion)</h1>",
                "<p>\(texts.forgetEffect(shop))</p>",
                "<p>\(texts.forgetRest)</p>",
                """
                <form method="post">
                <button class="danger" name="action" value="forget-confirmed">\(texts.forget)</button>
                </form>
                """,
                // The page's own URL, with GET.
                #"<p><a class="button" href="">\#(texts.goBack)</a></p>"#,
            ]
        )
    }

    package static func forgotten(shop: String, language: PageLanguage) -> String {
        let texts = PageTexts(language: language)
        return PageLayout.document(
            title: PageLayout.title(texts.forgotten, shop),
            language,
            ["<h1>\(texts.forgotten)</h1>", "<p>\(texts.forgottenEffect(shop))</p>"]
        )
    }

    private func group(_ title: String, _ rows: [Markup]) -> Markup? {
        guard !rows.isEmpty else { return nil }
        return """
            <fieldset>
            <legend>\(title)</legend>
            \(Markup.lines(rows))
            </fieldset>
            """
    }

    private func row(_ way: Way) -> Markup {
        let name = texts.name(of: way.channel)
        let label: Markup = way.address.map { "\(name) <small>\($0.text)</small>" } ?? "\(name)"
        return switchRow("way-\(way.id)", isOn: way.isOn, label)
    }

    private func row(_ sequence: RunningSequence) -> Markup {
        switchRow("sequence-\(sequence.id)", isOn: sequence.isOn, "\(sequence.title)")
    }

    /// The hidden field says that the switch was shown. Browsers post no field for a box that is not checked.
    private func switchRow(_ name: String, isOn: Bool, _ label: Markup) -> Markup {
        let checked: Markup = isOn ? " checked" : ""
        return """
            <input type="hidden" name="\(name)" value="off">
            <label><input type="checkbox" name="\(name)" value="on"\(checked)> <span>\(label)</span></label>
            """
    }

    private func other(_ action: String, _ title: String, _ effect: String) -> Markup {
        """
        <p>\(effect)</p>
        <button class="quiet" name="action" value="\(action)">\(title)</button>
        """
    }
}
