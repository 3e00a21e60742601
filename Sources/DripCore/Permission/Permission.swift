/// Why a message may be sent now. Kept with the delivery.
package enum Permission: String, Hashable, Sendable {
    case standardWindow = "standard_window"
    /// The platform approved the template: it may go out whenever.
    case utilityTemplate = "utility_template"
    /// It answers the comment that started the enrollment.
    case privateReply = "private_reply"
    /// The person subscribed to paid messages.
    case marketing
    /// The person asked to be notified once of what it is about.
    case oneTime = "one_time"
}
