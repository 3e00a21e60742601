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
        } catch let error as PersonError {
            return try .json(ControlRefusal(error: error.description), status: error.status)
        } catch let error as SyncError {
            return try .json(ControlRefusal(error: error.description), status: .notFound)
        } catch let error as CommentsError {
            return try .json(ControlRefusal(error: error.description), status: error.status)
        } catch let error as PlanRefusal {
            return try .json(ControlRefusal(error: error.description), status: .unprocessableContent)
        } catch let error as ImportRefusal {
            return try .json(ControlRefusal(error: error.description), status: .unprocessableContent)
        } catch let error as VersionError {
            return try .json(ControlRefusal(error: error.description), status: .conflict)
        } catch let error as HoldError {
            return try .json(ControlRefusal(error: error.description), status: .conflict)
        } catch let error as ResolveError {
            return try .json(ControlRefusal(error: error.description), status: .conflict)
        } catch let error as VersionFileError {
            return try .json(ControlRefusal(error: error.description), status: .notFound)
        } catch let error as StoreError {
            return try .json(ControlRefusal(error: error.description), status: .serviceUnavailable)
        } catch let error as DecodingError {
            return try .json(
                ControlRefusal(error: "the request cannot be read: \(ErrorDescription.words(error))"),
                status: .badRequest
            )
        } catch let error as HTTPError {
            return try .json(ControlRefusal(error: error.body ?? error.status.reasonPhrase), status: error.status)
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
        case .unknown, .unknownSequence: .notFound
        case .ambiguous, .otherPage, .underWay, .beenThrough, .stopped, .paused, .notStopped, .busy: .conflict
        }
    }
}

/// Middleware that turns an unexpected error into a 500 and logs the reason. The server itself would answer without a log line.
struct FailureMiddleware<Context: RequestContext>: RouterMiddleware {
    let refusals: RefusalLog

    @concurrent func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as any HTTPResponseError {
            throw error
        } catch let error as StoreError {
            // The failure may be temporary: the platform sends the webhook again.
            refusals.note(.stateUnavailable, metadata: metadata(request, error))
            return .text("the state cannot be written now", status: .serviceUnavailable)
        } catch {
            refusals.note(.internalError, metadata: metadata(request, error))
            return .text("internal error", status: .internalServerError)
        }
    }

    private func metadata(_ request: Request, _ error: any Error) -> Logger.Metadata {
        ["path": "\(request.uri.path)", "reason": "\(ErrorDescription.words(error))"]
    }
}
