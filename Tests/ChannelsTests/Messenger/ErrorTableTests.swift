import DripCore
import TestSupport
import Testing

@testable import Channels

/// Every error that the platform is known to answer with, as it comes, and what it means for us: as the word of `Refusal.Meaning`,
/// with the number of tries where there are several.
@Suite struct ErrorTableTests {
    /// The body of each error, with its meaning.
    static let rows: [(body: String, meaning: String)] = [
        (
            #"{"error":{"message":"An unknown error occurred","type":"OAuthException","code":1,"fbtrace_id":"A"}}"#,
            "retry 5"
        ),
        (
            #"{"error":{"message":"An unknown error occurred","type":"OAuthException","code":1,"error_subcode":99,"fbtrace_id":"A"}}"#,
            "perhaps_page 4"
        ),
        (
            #"{"error":{"message":"Received invalid JSON reply","type":"OAuthException","code":1,"error_subcode":1357046,"fbtrace_id":"A"}}"#,
            "in doubt"
        ),
        (
            #"{"error":{"message":"Invalid instant form id","type":"OAuthException","code":1,"error_subcode":2018382,"fbtrace_id":"A"}}"#,
            "message"
        ),
        (
            #"{"error":{"message":"An unexpected error has occurred. Please retry your request later.","type":"OAuthException","code":2,"fbtrace_id":"A"}}"#,
            "retry 5"
        ),
        (
            #"{"error":{"message":"Please accept the Privacy ToS for labels","type":"OAuthException","code":2,"error_subcode":2018344,"fbtrace_id":"A"}}"#,
            "page"
        ),
        (
            #"{"error":{"message":"Application request limit reached","type":"OAuthException","code":4,"fbtrace_id":"A"}}"#,
            "slow_down"
        ),
        (
            #"{"error":{"message":"Too many send requests to phone numbers","type":"OAuthException","code":4,"error_subcode":2018022,"fbtrace_id":"A"}}"#,
            "slow_down"
        ),
        (
            #"{"error":{"message":"Minimum delay between two notifications","type":"OAuthException","code":4,"error_subcode":2018354,"fbtrace_id":"A"}}"#,
            "message"
        ),
        (
            #"{"error":{"message":"User is performing too many actions","type":"OAuthException","code":9,"error_subcode":2018352,"fbtrace_id":"A"}}"#,
            "message"
        ),
        (
            #"{"error":{"message":"This message is sent outside of allowed window.","type":"OAuthException","code":10,"error_subcode":2018278,"fbtrace_id":"A"}}"#,
            "window"
        ),
        (
            #"{"error":{"message":"This message is sent outside of allowed window.","type":"OAuthException","code":10,"error_subcode":2018065,"fbtrace_id":"A"}}"#,
            "window"
        ),
        (
            #"{"error":{"message":"This message is sent outside of allowed window.","type":"OAuthException","code":10,"error_subcode":2534022,"fbtrace_id":"A"}}"#,
            "window"
        ),
        (
            #"{"error":{"message":"Messaging window closed","type":"OAuthException","code":10,"error_subcode":1545041,"fbtrace_id":"A"}}"#,
            "window"
        ),
        (
            #"{"error":{"message":"Messaging window closed","type":"OAuthException","code":1545041,"fbtrace_id":"A"}}"#,
            "window"
        ),
        (
            #"{"error":{"message":"This Person Cannot Receive Messages","type":"OAuthException","code":10,"error_subcode":2018108,"fbtrace_id":"A"}}"#,
            "person"
        ),
        (
            #"{"error":{"message":"Page temporarily restricted from sending","type":"OAuthException","code":10,"error_subcode":1893063,"fbtrace_id":"A"}}"#,
            "restricted"
        ),
        (
            #"{"error":{"message":"Application does not have permission for this action","type":"OAuthException","code":10,"fbtrace_id":"A"}}"#,
            "page"
        ),
        (
            #"{"error":{"message":"User request limit reached","type":"OAuthException","code":17,"fbtrace_id":"A"}}"#,
            "slow_down"
        ),
        (
            #"{"error":{"message":"User request limit reached","type":"OAuthException","code":17,"error_subcode":2446079,"fbtrace_id":"A"}}"#,
            "slow_down"
        ),
        (
            #"{"error":{"message":"Page request limit reached","type":"OAuthException","code":32,"fbtrace_id":"A"}}"#,
            "slow_down"
        ),
        (
            #"{"error":{"message":"There have been too many calls to this Page account","type":"OAuthException","code":80001,"fbtrace_id":"A"}}"#,
            "slow_down"
        ),
        (
            #"{"error":{"message":"There have been too many calls to this Page account","type":"OAuthException","code":80006,"fbtrace_id":"A"}}"#,
            "slow_down"
        ),
        (
            #"{"error":{"message":"There have been too many calls to this Instagram account","type":"OAuthException","code":80002,"fbtrace_id":"A"}}"#,
            "slow_down"
        ),
        (
            #"{"error":{"message":"Calls to this API have exceeded the rate limit.","type":"OAuthException","code":613,"fbtrace_id":"A"}}"#,
            "slow_down"
        ),
        (
            #"{"error":{"message":"Inconsistent volume","type":"OAuthException","code":613,"error_subcode":1996,"fbtrace_id":"A"}}"#,
            "slow_down"
        ),
        (
            #"{"error":{"message":"Calls to this API have exceeded the rate limit.","type":"OAuthException","code":613,"error_subcode":2534040,"fbtrace_id":"A"}}"#,
            "slow_down"
        ),
        (
            #"{"error":{"message":"Warning! You are engaging in behavior that may be considered bothersome or abusive by other users.","type":"OAuthException","code":613,"fbtrace_id":"A"}}"#,
            "restricted"
        ),
        (
            #"{"error":{"message":"(#100) Invalid parameter","type":"OAuthException","code":100,"fbtrace_id":"A"}}"#,
            "message"
        ),
        (
            #"{"error":{"message":"No matching user found","type":"OAuthException","code":100,"error_subcode":2018001,"fbtrace_id":"A"}}"#,
            "person"
        ),
        (
            #"{"error":{"message":"Unsupported post request. Object with ID '5678' does not exist","type":"OAuthException","code":100,"error_subcode":33,"fbtrace_id":"A"}}"#,
            "person"
        ),
        (
            #"{"error":{"message":"Message cannot be empty, must provide valid attachment or text","type":"OAuthException","code":100,"error_subcode":2018034,"fbtrace_id":"A"}}"#,
            "message"
        ),
        (
            #"{"error":{"message":"Attachment size exceeds allowable limit","type":"OAuthException","code":100,"error_subcode":2018109,"fbtrace_id":"A"}}"#,
            "message"
        ),
        (
            #"{"error":{"message":"Failed to fetch the file from the url","type":"OAuthException","code":100,"error_subcode":2018008,"fbtrace_id":"A"}}"#,
            "retry 4"
        ),
        (
            #"{"error":{"message":"The video upload timed out or the video is corrupted","type":"OAuthException","code":100,"error_subcode":2018294,"fbtrace_id":"A"}}"#,
            "retry 2"
        ),
        (
            #"{"error":{"message":"Upload attachment failure.","type":"OAuthException","code":100,"error_subcode":2018047,"fbtrace_id":"A"}}"#,
            "message"
        ),
        (
            #"{"error":{"message":"(#10900) Activity already replied to","type":"OAuthException","code":10900,"fbtrace_id":"A"}}"#,
            "message"
        ),
        (
            #"{"error":{"message":"Invalid attachment ID","type":"OAuthException","code":100,"error_subcode":2018074,"fbtrace_id":"A"}}"#,
            "attachment"
        ),
        (
            #"{"error":{"message":"The requested user cannot be found.","type":"OAuthException","code":100,"error_subcode":2534014,"fbtrace_id":"A"}}"#,
            "person"
        ),
        (
            #"{"error":{"message":"Invalid OAuth access token.","type":"OAuthException","code":190,"fbtrace_id":"A"}}"#,
            "page"
        ),
        (
            #"{"error":{"message":"Error validating access token","type":"OAuthException","code":190,"error_subcode":458,"fbtrace_id":"A"}}"#,
            "page"
        ),
        (
            #"{"error":{"message":"Error validating access token","type":"OAuthException","code":190,"error_subcode":459,"fbtrace_id":"A"}}"#,
            "page"
        ),
        (
            #"{"error":{"message":"Error validating access token","type":"OAuthException","code":190,"error_subcode":460,"fbtrace_id":"A"}}"#,
            "page"
        ),
        (
            #"{"error":{"message":"Error validating access token","type":"OAuthException","code":190,"error_subcode":463,"fbtrace_id":"A"}}"#,
            "page"
        ),
        (
            #"{"error":{"message":"Error validating access token","type":"OAuthException","code":190,"error_subcode":464,"fbtrace_id":"A"}}"#,
            "page"
        ),
        (
            #"{"error":{"message":"Error validating access token","type":"OAuthException","code":190,"error_subcode":467,"fbtrace_id":"A"}}"#,
            "page"
        ),
        (
            #"{"error":{"message":"Error validating access token","type":"OAuthException","code":190,"error_subcode":492,"fbtrace_id":"A"}}"#,
            "page"
        ),
        (#"{"error":{"message":"Permissions error","type":"OAuthException","code":200,"fbtrace_id":"A"}}"#, "page"),
        (
            #"{"error":{"message":"Message Not Sent: This person isn't receiving messages from you right now.","type":"OAuthException","code":200,"error_subcode":1545041,"fbtrace_id":"A"}}"#,
            "person"
        ),
        (
            #"{"error":{"message":"Cannot message users who are not admins, developers or testers of the app","type":"OAuthException","code":200,"error_subcode":2018028,"fbtrace_id":"A"}}"#,
            "page"
        ),
        (
            #"{"error":{"message":"Permission not approved","type":"OAuthException","code":200,"error_subcode":2018027,"fbtrace_id":"A"}}"#,
            "page"
        ),
        (
            #"{"error":{"message":"Matching fee","type":"OAuthException","code":200,"error_subcode":2018021,"fbtrace_id":"A"}}"#,
            "page"
        ),
        (
            #"{"error":{"message":"The account owner has disabled access to instagram direct messages","type":"OAuthException","code":200,"error_subcode":2534041,"fbtrace_id":"A"}}"#,
            "page"
        ),
        (
            #"{"error":{"message":"Requires pages_messaging permission","type":"OAuthException","code":230,"fbtrace_id":"A"}}"#,
            "page"
        ),
        (
            #"{"error":{"message":"The action attempted has been deemed abusive or is otherwise disallowed","type":"OAuthException","code":368,"fbtrace_id":"A"}}"#,
            "restricted"
        ),
        (
            #"{"error":{"message":"This person isn't available right now.","type":"OAuthException","code":551,"fbtrace_id":"A"}}"#,
            "person"
        ),
        (
            #"{"error":{"message":"This person isn't available right now.","type":"OAuthException","code":551,"error_subcode":1545041,"fbtrace_id":"A"}}"#,
            "person"
        ),
        (
            #"{"error":{"message":"Temporary send message failure. Please try again later.","type":"OAuthException","code":1200,"fbtrace_id":"A"}}"#,
            "retry 5"
        ),
        (
            #"{"error":{"message":"Another app is controlling this thread now","type":"OAuthException","code":2018300,"fbtrace_id":"A"}}"#,
            "thread 12"
        ),
        (
            #"{"error":{"message":"The chat is controlled by Messenger","type":"OAuthException","code":2018321,"fbtrace_id":"A"}}"#,
            "thread 12"
        ),
        (
            #"{"error":{"message":"No profile available for this user","type":"OAuthException","code":2018218,"fbtrace_id":"A"}}"#,
            "message"
        ),
        (
            #"{"error":{"message":"Invalid account_linking_token","type":"OAuthException","code":10303,"fbtrace_id":"A"}}"#,
            "message"
        ),
        (
            #"{"error":{"message":"This person is not available right now.","type":"OAuthException","code":2300052,"fbtrace_id":"A"}}"#,
            "message"
        ),
        (
            #"{"error":{"message":"Re-engagement message","type":"OAuthException","code":131047,"fbtrace_id":"A"}}"#,
            "retry 4"
        ),
        (
            #"{"error":{"message":"Nobody has heard of it","type":"OAuthException","code":36000,"fbtrace_id":"A"}}"#,
            "retry 4"
        ),
        (
            #"{"error":{"message":"Nor of this","type":"OAuthException","code":1,"error_subcode":1965014,"fbtrace_id":"A"}}"#,
            "retry 5"
        ),
    ]

    @Test(arguments: rows)
    func `each has one meaning, whatever the HTTP status`(body: String, meaning: String) {
        for status in [400, 401, 403, 429, 500, 503, 200] {
            #expect(outcome(status, body) == meaning)
        }
    }

    @Test(
        arguments: [
            (#"{"error":{"message":"no","code":2,"is_transient":true}}"#, "retry 5"),
            (#"{"error":{"message":"no","code":100,"is_transient":true}}"#, "retry 5"),
            (#"{"error":{"message":"no","code":551,"error_subcode":1545041,"is_transient":true}}"#, "retry 5"),
            (#"{"error":{"message":"no","code":36000,"is_transient":true}}"#, "retry 4"),
            (#"{"error":{"message":"no","code":190,"is_transient":true}}"#, "perhaps_page 5"),
            (#"{"error":{"message":"no","code":4,"is_transient":true}}"#, "slow_down"),
            (#"{"error":{"message":"no","code":10,"error_subcode":2018278,"is_transient":true}}"#, "window"),
            (#"{"error":{"message":"no","code":368,"is_transient":true}}"#, "restricted"),
            (#"{"error":{"message":"no","code":1,"error_subcode":1357046,"is_transient":true}}"#, "in doubt"),
            (#"{"error":{"message":"no","code":100,"is_transient":false}}"#, "message"),
            (#"{"error":{"message":"no","code":100,"is_transient":1}}"#, "retry 5"),
            (#"{"error":{"message":"no","code":100,"is_transient":"perhaps"}}"#, "message"),
        ]
    )
    func `what the platform calls transient is tried again, but no brake and no ban is loosened by it`(
        body: String,
        meaning: String
    ) {
        #expect(outcome(400, body) == meaning)
    }

    private func outcome(_ status: Int, _ body: String) -> String {
        switch SendAnswer(.json(status, body)).outcome {
        case .inDoubt: "in doubt"
        case .refused(let refusal):
            switch refusal.meaning {
            case .retry, .perhapsPage, .thread: "\(refusal.meaning.rawValue) \(refusal.tries)"
            default: refusal.meaning.rawValue
            }
        case let other: "\(other)"
        }
    }
}
