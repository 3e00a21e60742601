/// A file that a page has to be given before a message can show it.
package struct Upload: Hashable, Sendable {
    package let lane: LaneID
    /// The page's address.
    package let page: String
    package let kind: MediaKind
    package let file: MediaFile

    package init(lane: LaneID, page: String, kind: MediaKind, file: MediaFile) {
        self.lane = lane
        self.page = page
        self.kind = kind
        self.file = file
    }
}
