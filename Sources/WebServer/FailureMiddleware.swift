import DripCore
import DripEngine
import DripStore
import Hummingbird
import Logging

/// Turns an error nobody foresaw into a 500 that the log explains: the server itself would answer it without a word.
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
            // It may work later: the platform sends it again.
            refusals.note(.stateUnavailable, metadata: metadata(request, error))
            return .text("the state cannot be written now", status: .serviceUnavailable)
        } catch {
            refusals.note(.internalError, metadata: metadata(request, error))
            return .text("internal error", status: .internalServerError)
        }
    }

    private func metadata(_ request: Request, _ error: any Error) -> Logger.Metadata {
        ["path": "\(request.uri.path)", "reason": "\(ErrorText.words(error))"]
    }
}
