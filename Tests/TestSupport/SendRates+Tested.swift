package import DripCore

extension SendRates {
    /// Those of a platform that limits videos and private replies.
    package static let tested = SendRates(perSecond: 40, mediaPerSecond: 10, privateRepliesPerHour: 750)
}
