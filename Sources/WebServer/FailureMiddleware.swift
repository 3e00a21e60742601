import DripCore
import DripEngine
import DripStore
import Hummingbird
import Logging

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
