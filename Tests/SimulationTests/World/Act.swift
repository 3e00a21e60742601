extension World {
    enum Act {
        case write(String)
        case optOut(String)
        case follow(ref: String)
        case tap(String)
        case react
        case comment(isAnonymous: Bool)
        case block
        /// Somebody of the team answers.
        case answeredByTeam
    }
}
