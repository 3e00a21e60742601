import ControlAPI
import DripEngine
import Testing

/// Of which post of which page comments are asked for.
@Suite struct CommentsRequestTests {
    @Test(
        arguments: [
            ("1_901", nil, ["1", "2"], "1", "1_901"), ("901", nil, ["1"], "1", "1_901"),
            ("901", "2", ["1", "2"], "2", "2_901"),
            // A post that stands on another page than the number before it says, as one that was shared.
            ("1_901", "2", ["1", "2"], "2", "1_901"),
        ] as [(String, String?, [String], String, String)]
    )
    func `a post is found`(post: String, page: String?, pages: [String], foundPage: String, foundPost: String) throws {
        let found = try order(post, page: page).located(in: pages)
        #expect(found == (foundPage, foundPost))
    }

    @Test(
        arguments: [
            (
                "https://www.facebook.com/1/posts/pfbid02", nil,
                "'https://www.facebook.com/1/posts/pfbid02' is not a post's id: that is PAGE_POST, two numbers, as in the webhook "
                    + "of a comment (post_id)"
            ),
            ("901", nil, "which page? Pass --page with one of 1, 2"),
            ("3_901", nil, "page 3 is not in the configuration; it has 1, 2"),
            ("901", "3", "page 3 is not in the configuration; it has 1, 2"),
        ] as [(String, String?, String)]
    )
    func `or it is said what is missing`(post: String, page: String?, why: String) throws {
        let error = try #require(throws: CommentsError.self) {
            _ = try order(post, page: page).located(in: ["1", "2"])
        }
        #expect(error.description == why)
    }

    private func order(_ post: String, page: String?) -> CommentsRequest {
        CommentsRequest(post: post, page: page, contains: nil, isAnswered: nil, after: nil)
    }
}
