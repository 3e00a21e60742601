import DripCore

extension World {
    enum Happening {
        case act(Act, person: String)
        case post(Letter)
        /// A request reaches the platform.
        case arrive(Flight)
        /// What the daemon gets to see of it.
        case answer(Flight)
        case trouble(Trouble)
        case end(Trouble)
        case crash
        /// As soon as something is on its way.
        case crashInFlight
        case armedCrash(commits: Int)
        case start(dyingAfter: Int?)
        case edit
        case reload
        /// The daemon's clock differs by this from now on.
        case setClock(Span)
        /// A round of what the daemon does beside its messages.
        case errand(Errand)
        case goOn(Errand)
        case ask(Question)
        case told(Question)
        case operate
        case backup
        /// - Parameter byHand: the file is put back without dripd's help, so that its fence has to notice.
        case restore(byHand: Bool)
        case adoptState
        /// The platform thinks anew of a template.
        case review
    }
}
