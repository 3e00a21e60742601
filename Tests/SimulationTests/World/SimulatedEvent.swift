import Channels
import DripCore

extension World {
    enum SimulatedEvent {
        case act(Act, person: String)
        case post(WebhookDelivery)
        /// A request reaches the platform.
        case arrive(InFlightRequest)
        /// The daemon gets the answer.
        case answer(InFlightRequest)
        case trouble(Trouble)
        case end(Trouble)
        case crash
        /// The process is killed as soon as a request is in flight.
        case crashInFlight
        case armedCrash(commits: Int)
        case start(dyingAfter: Int?)
        case edit
        case reload
        /// From now on the daemon's clock differs by this.
        case setClock(Milliseconds)
        /// A round of the daemon's background work begins.
        case errand(BackgroundTask)
        case goOn(BackgroundTask)
        case ask(Question)
        case told(Question)
        case operate
        case backup
        /// - Parameter byHand: whether the file is restored without dripd's help, so that its fence must detect it.
        case restore(byHand: Bool)
        case adoptState
        /// The platform reviews the templates again.
        case review
    }
}

extension World {
    /// An action of a person or the team.
    struct RecordedAction {
        let person: String
        let at: Instant
        var opensWindow = false
        var isReply = false
        var isOptOut = false
        var isTap = false
        /// Whether only a state that a restore has replaced had it on disk.
        var wasUndone = false
        /// The id of its message, if the platform shows one in the conversation.
        var messageID: String?
        var isByTeam = false
        var isFirstMessage = false
        /// When the daemon had it on disk, by the daemon's clock and by true time; nil if never.
        var taken: (clock: Instant, truth: Int64)?
        /// When the daemon had the person's opt-out on disk. For a tap, only the webhook shows the opt-out.
        var stopped: (clock: Instant, truth: Int64)?
        /// When it happened, as the daemon believes.
        var believed: Instant?
    }
}

extension World {
    enum Act {
        case write(String)
        case optOut(String)
        case follow(ref: String)
        case tap(String)
        case react
        case comment(isAnonymous: Bool)
        case block
        /// A member of the team answers.
        case answeredByTeam
    }
}

extension World {
    /// A webhook's event on its way to the daemon, through all retries.
    final class WebhookDelivery {
        let letter: SimulatedPlatform.WebhookDelivery
        /// The index of the fact that it reports.
        let fact: Int?
        let since: Int64
        var tries = 0

        init(_ letter: SimulatedPlatform.WebhookDelivery, fact: Int?, since: Int64) {
            self.letter = letter
            self.fact = fact
            self.since = since
        }
    }
}

extension World {
    /// A request of an errand in flight.
    final class Question {
        let errand: BackgroundTask
        let request: HTTPRequest
        let continuation: CheckedContinuation<Result<HTTPResponse, TransportError>, Never>
        var answer: Result<HTTPResponse, TransportError>?

        init(
            _ errand: BackgroundTask,
            _ request: HTTPRequest,
            _ continuation: CheckedContinuation<Result<HTTPResponse, TransportError>, Never>
        ) {
            self.errand = errand
            self.request = request
            self.continuation = continuation
        }
    }
}
