package import DripCore

/// The order to walk through a page's conversations, as the control API takes it.
package struct SyncBody: Codable, Sendable {
    /// nil: every page.
    package let page: String?
    /// Enrols whom it finds; nil: nobody.
    package let sequence: String?
    /// Only those who wrote in this time before now.
    package let wroteWithin: Span?

    package init(page: String?, sequence: String?, wroteWithin: Span?) {
        self.page = page
        self.sequence = sequence
        self.wroteWithin = wroteWithin
    }
}
