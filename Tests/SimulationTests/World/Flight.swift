import Channels

extension World {
    /// A request on its way, and what is to become of it.
    final class Flight {
        let held: SimulatedNetwork.Held
        let summary: RequestSummary
        /// Index of its launch.
        let launch: Int
        var fault: PlatformFault?
        /// nil: the platform's own.
        var answer: Result<HTTPResponse, TransportError>?
        var isOver = false

        init(_ held: SimulatedNetwork.Held, _ summary: RequestSummary, launch: Int) {
            self.held = held
            self.summary = summary
            self.launch = launch
        }
    }
}
