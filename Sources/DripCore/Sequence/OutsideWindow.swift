/// What becomes of a step that is due while the platform's standard window is closed: the first of its list that is
/// permitted for the person.
package enum OutsideWindow: Hashable, Sendable {
    /// A template that the platform has approved for news of an order, an account or an appointment. Source: "Utility
    /// messages": no window holds for it, and no advertising may stand in it.
    case utility(UtilityTemplate)
    /// A paid marketing message, where the person subscribed and the page has a campaign.
    case marketing
    /// The one message about this topic that the person asked for.
    case oneTime(topic: String)
    /// Goes out if the person writes within so long after the step was due; else it is skipped.
    case wait(Span)

    /// It is open to those alone who subscribed.
    package var isBySubscription: Bool {
        switch self {
        case .marketing, .oneTime: true
        case .utility, .wait: false
        }
    }
}

/// A utility template of the page, with what goes into its places.
package struct UtilityTemplate: Hashable, Sendable {
    package let name: String
    /// As the platform names it: `vi`, `en_US`.
    package let language: String
    /// In the template's order.
    package let parameters: [Parameter]

    package struct Parameter: Hashable, Sendable {
        package let name: String
        package let text: TextTemplate

        package init(name: String, text: TextTemplate) {
            self.name = name
            self.text = text
        }
    }

    package init(name: String, language: String, parameters: [Parameter]) {
        self.name = name
        self.language = language
        self.parameters = parameters
    }
}
