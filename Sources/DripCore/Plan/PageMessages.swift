/// What a page sends within a day because of a plan.
package struct PageMessages: Codable, Hashable, Sendable {
    package let page: String
    /// Due at the moment of the adoption.
    package var atOnce = 0
    /// All of the next 24 hours, those at once among them.
    package var withinDay = 0
    /// People whose message comes due within 24 hours and waits for them to write.
    package var waiting = 0

    package init(page: String) {
        self.page = page
    }
}
