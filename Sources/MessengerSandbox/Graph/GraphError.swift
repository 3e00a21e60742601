/// An error of the Graph API. Callers must go by `code` and `subcode`, not by the HTTP status:
/// https://developers.facebook.com/docs/messenger-platform/error-codes
struct GraphError: Error, Equatable {
    let status: Int
    let code: Int
    let subcode: Int?
    let message: String

    init(status: Int = 400, code: Int, subcode: Int? = nil, message: String) {
        self.status = status
        self.code = code
        self.subcode = subcode
        self.message = message
    }

    /// Returns an error in the request itself; a retry cannot help.
    static func parameter(_ what: String, subcode: Int? = nil) -> GraphError {
        GraphError(code: 100, subcode: subcode, message: "(#100) " + what)
    }

    static let emptyMessage = parameter(
        "Message cannot be empty, must provide valid attachment or text",
        subcode: 2_018_034
    )
    static let unknownPerson = parameter("No matching user found", subcode: 2_018_001)
    /// The error for the tags that ended on 27 April 2026, inside and outside the window.
    static let deadTag = parameter("Invalid parameter")
    static func noSuchObject(_ id: String, _ method: GraphCall.Method) -> GraphError {
        let verb =
            switch method {
            case .get: "get"
            case .post: "post"
            case .delete: "delete"
            }
        return GraphError(
            code: 100,
            subcode: 33,
            message: "Unsupported \(verb) request. Object with ID '\(id)' does not exist, cannot be loaded due to "
                + "missing permissions, or does not support this operation."
        )
    }

    static let badToken = GraphError(status: 401, code: 190, message: "Invalid OAuth access token.")
    static let badProof = GraphError(
        code: 100,
        message: "Invalid appsecret_proof provided in the API argument"
    )
    static let missingToken = GraphError(
        status: 401,
        code: 190,
        message: "An access token is required to request this resource."
    )
    static func deadToken(_ why: PageStanding.DeadToken) -> GraphError {
        let what =
            switch why {
            case .expired: "Session has expired."
            case .passwordChanged:
                "The session has been invalidated because the user changed their password or Facebook has changed the "
                    + "session for security reasons."
            case .appRemoved: "The user has not authorized the application."
            }
        return GraphError(
            status: 401,
            code: 190,
            subcode: why.subcode,
            message: "Error validating access token: \(what)"
        )
    }

    static let unavailablePerson = GraphError(
        code: 551,
        subcode: 1_545_041,
        message: "(#551) This person isn't available right now."
    )
    static let tagNotPermitted = GraphError(
        code: 10,
        message: "(#10) Your use of this message tag must be reviewed and approved by Facebook."
    )
    static let windowClosed = GraphError(
        code: 10,
        subcode: 2_018_278,
        message: "(#10) This message is sent outside of allowed window. Learn more about the new policy here: "
            + "https://developers.facebook.com/docs/messenger-platform/policy-overview"
    )
    static let rateExceeded = GraphError(code: 613, message: "(#613) Calls to this api have exceeded the rate limit.")
    /// Also the error for an attachment id that has expired or belongs to another page.
    static let unknownAttachment = parameter("Invalid attachment ID", subcode: 2_018_074)
    static let attachmentTooLarge = parameter("Attachment size exceeds allowable limit", subcode: 2_018_109)
    static let attachmentMismatch = parameter("Upload attachment failure.", subcode: 2_018_047)
    static let pageRestricted = GraphError(
        code: 10,
        subcode: 1_893_063,
        message: "(#10) This Page is temporarily restricted from sending messages."
    )
    /// The person stopped marketing messages, or a conversation with them is under way.
    /// https://developers.facebook.com/docs/messenger-platform/error-codes
    static let unavailableForMarketing = GraphError(
        code: 2_300_052,
        message: "(#2300052) This person is not available right now."
    )
    static let tooSoonForMarketing = GraphError(
        code: 4,
        subcode: 2_018_354,
        message: "(#4) Marketing Messages minimum delay between 2 notifications"
    )
    /// Taken from reports of others; the platform's own table was not available.
    static let otherAppHasConversation = GraphError(
        code: 2_018_300,
        message: "(#2018300) Another app is controlling this thread now."
    )
    static let budgetExceeded = GraphError(
        code: 80_006,
        message:
            "(#80006) There have been too many messenger api calls from this Page account. Wait a bit and try again. "
            + "For more info, please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting."
    )
    static let bodyTooLarge = GraphError(status: 413, code: 100, message: "(#100) The request body is over 1 MiB")

    /// Returns the error for an injected fault, with the platform's own text for well-known codes.
    static func injected(code: Int, subcode: Int?) -> GraphError {
        for known in [
            unknownPerson, emptyMessage, badToken, unavailablePerson, windowClosed, rateExceeded, pageRestricted,
        ]
        where known.code == code && known.subcode == subcode {
            return known
        }
        return switch code {
        case 1: GraphError(status: 500, code: 1, subcode: subcode, message: "An unknown error occurred")
        case 2:
            GraphError(
                status: 500,
                code: 2,
                subcode: subcode,
                message: "An unexpected error has occurred. Please retry your request later."
            )
        case 190: GraphError(status: 401, code: 190, subcode: subcode, message: "Error validating access token")
        case 4: GraphError(code: 4, subcode: subcode, message: "(#4) Application request limit reached")
        case 1200:
            GraphError(
                code: 1200,
                subcode: subcode,
                message: "(#1200) Temporary send message failure. Please try again later."
            )
        default: GraphError(code: code, subcode: subcode, message: "(#\(code)) Error injected by the sandbox")
        }
    }

    func json(traceID: String) -> JSON {
        var members: [JSON.Member] = [
            .init(name: "message", value: .string(message)),
            .init(name: "type", value: "OAuthException"),
            .init(name: "code", value: .integer(Int64(code))),
        ]
        if let subcode { members.append(.init(name: "error_subcode", value: .integer(Int64(subcode)))) }
        members.append(.init(name: "fbtrace_id", value: .string(traceID)))
        return ["error": .object(members)]
    }
}
