/// The comments under the page's posts, in the order in which they were written. Those that were removed are gone.
struct Comments: Sendable {
    static let limit = 10_000

    private var byID: [String: Comment] = [:]
    private var ids: [String] = []
    /// Posts that have or had comments, each with the time of the first one, in that order.
    private(set) var posts: [(id: String, at: Int64)] = []
    private(set) var lastNumber = 0

    var nextNumber: Int { lastNumber + 1 }

    subscript(_ id: String) -> Comment? { byID[id] }

    var all: [Comment] { ids.compactMap { byID[$0] } }

    func under(_ post: String) -> [Comment] {
        all.filter { $0.post == post }
    }

    func find(_ id: String) throws(ControlError) -> Comment {
        guard let comment = byID[id] else { throw .invalid("there is no comment \(id)") }
        return comment
    }

    mutating func append(_ comment: Comment) throws(ControlError) {
        guard byID.count < Self.limit, posts.count < Self.limit else {
            throw .full("\(Self.limit) comments or posts exist")
        }
        byID[comment.id] = comment
        ids.append(comment.id)
        lastNumber = comment.number
        if !posts.contains(where: { $0.id == comment.post }) { posts.append((comment.post, comment.at)) }
    }

    /// Nothing happens when there is no such comment.
    mutating func change(_ id: String, _ body: (inout Comment) -> Void) {
        guard var comment = byID[id] else { return }
        body(&comment)
        byID[id] = comment
    }

    mutating func remove(_ id: String) {
        byID[id] = nil
        ids.removeAll { $0 == id }
    }
}
