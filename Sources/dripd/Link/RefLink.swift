import Channels
import DripCore
import SequenceFiles

/// A link by which people come to a page, and what it starts there.
struct RefLink: Encodable {
    let ref: String
    let page: String
    let url: String
    let sequences: [String]

    init(ref: String, page: String, starts sequences: [DripSequence]) {
        self.ref = ref
        self.page = page
        url = ContactLink.url(page: page, ref: ref)
        self.sequences = sequences.map(\.id)
    }
}
