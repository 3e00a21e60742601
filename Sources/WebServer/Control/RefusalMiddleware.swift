import ControlAPI
import DripCore
import DripEngine
import DripStore
import Hummingbird
import Logging

/// Middleware that turns the errors of control requests into answers, which the command line prints unchanged.
struct RefusalMiddleware<Context: RequestContext>: RouterMiddleware {
    @concurrent func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            guard let (status, text) = Self.answer(to: error) else { throw error }
            return try .json(ControlRefusal(error: text), status: status)
        }
    }

    /// Returns nil if the error is no refusal.
    private static func answer(to error: any Error) -> (HTTPResponse.Status, String)? {
        switch error {
        case let error as PersonError: (error.status, error.description)
        case let error as OperationRefusal: (.badRequest, error.description)
        case let error as CommentsError: (error.status, error.description)
        case let error as SyncError: (.notFound, error.description)
        case let error as VersionFileError: (.notFound, error.description)
        case let error as PlanRefusal: (.unprocessableContent, error.description)
        case let error as ImportRefusal: (.unprocessableContent, error.description)
        case let error as VersionError: (.conflict, error.description)
        case let error as HoldError: (.conflict, error.description)
        case let error as ResolveError: (.conflict, error.description)
        case let error as StoreError: (.serviceUnavailable, error.description)
        case let error as DecodingError: (.badRequest, "the request cannot be read: \(ErrorDescription.words(error))")
        case let error as HTTPError: (error.status, error.body ?? error.status.reasonPhrase)
        default: nil
        }
    }
}

extension CommentsError {
    fileprivate var status: HTTPResponse.Status {
        switch self {
        case .unknownPage, .whichPage, .unknownPost: .notFound
        case .noPost: .badRequest
        case .refused: .conflict
        case .later: .serviceUnavailable
        }
    }
}

extension PersonError {
    fileprivate var status: HTTPResponse.Status {
        switch self {
        case .unknown, .unknownSequence, .unknownAddress, .noAccount: .notFound
        case .notAnAddress: .badRequest
        case .ambiguous, .otherPage, .underWay, .beenThrough, .stopped, .paused, .notStopped, .tooManyTags,
            .busy, .shared, .samePerson, .unnamed, .onlyAddress, .inDoubt, .withdrawn:
            .conflict
        }
    }
}
