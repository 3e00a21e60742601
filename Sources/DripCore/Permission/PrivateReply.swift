/// One message to whoever commented on a post of the page, though they never wrote to it. It opens no standard window: the
/// conversation goes on if the person answers. Source: "Private Replies": one message per comment, within 7 days.
package enum PrivateReply {
    package static let length = Span.days(7)

    package static func isOpen(for enrollment: Enrollment, at now: Instant) -> Bool {
        enrollment.comment != nil && now < enrollment.anchor + length - StandardWindow.margin
    }
}
