import Foundation

/// The paging parameters of a read: `limit` and `after`.
/// https://developers.facebook.com/docs/graph-api/results
struct Paging {
    static let standardLimit = 25
    static let longestPage = 100

    let limit: Int
    /// The key of the last item of the previous page.
    let after: String?

    /// Selects the first page of a list that is nested in an answer.
    init(limit: Int) {
        self.limit = min(limit, Self.longestPage)
        after = nil
    }

    init(_ parameters: JSON) throws(GraphError) {
        if let text = parameters["limit"]?.string {
            guard let limit = Int(text), limit > 0 else { throw .parameter("Param limit must be a positive integer") }
            self.limit = min(limit, Self.longestPage)
        } else {
            limit = Self.standardLimit
        }
        if let cursor = parameters["after"]?.string, !cursor.isEmpty {
            guard let data = Data(base64Encoded: cursor), let key = String(data: data, encoding: .utf8) else {
                throw .parameter("Invalid cursors values for paging")
            }
            after = key
        } else {
            after = nil
        }
    }

    /// Returns the items after the cursor, up to the limit, and a `next` link if there are more.
    ///
    /// - Parameters:
    ///   - items: all items in order.
    ///   - key: the cursor of an item. It must work even if the item no longer exists.
    ///   - isAfter: whether an item comes after the one with that key.
    func page<Item>(
        _ items: some Sequence<Item>,
        url: String,
        key: (Item) -> String,
        isAfter: (Item, String) -> Bool,
        json: (Item) -> JSON
    ) -> JSON {
        var taken: [Item] = []
        var hasMore = false
        for item in items where after.map({ isAfter(item, $0) }) ?? true {
            guard taken.count < limit else {
                hasMore = true
                break
            }
            taken.append(item)
        }
        guard let first = taken.first, let last = taken.last else { return ["data": []] }
        let (before, after) = (Self.cursor(key(first)), Self.cursor(key(last)))
        var paging: [JSON.Member] = [
            .init(name: "cursors", value: ["before": .string(before), "after": .string(after)])
        ]
        if hasMore {
            let escaped = after.replacing("=", with: "%3D").replacing("+", with: "%2B")
            paging.append(.init(name: "next", value: .string("\(url)?limit=\(limit)&after=\(escaped)")))
        }
        return ["data": .array(taken.map(json)), "paging": .object(paging)]
    }

    private static func cursor(_ key: String) -> String {
        Data(key.utf8).base64EncodedString()
    }
}
