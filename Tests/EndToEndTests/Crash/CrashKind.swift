/// What goes wrong in one row of the crash matrix.
enum CrashKind: String, CaseIterable, Sendable {
    case kill = "kill -9"
    case killWhileAnswersAreLate = "kill -9, answers 0.2 s late"
    case killAndLostAnswers = "kill -9, every 5th answer lost"
    case killAndRefusals = "kill -9, every 5th call refused"
    case powerLoss = "loss of power"
    case terminate = "SIGTERM under load"
}
