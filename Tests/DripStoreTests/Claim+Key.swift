import DripCore

extension Claim {
    /// What the message carries, and its echo shows.
    var key: DeliveryKey {
        DeliveryKey(instance: "test", enrollment: job.enrollment.id, step: job.step, part: job.part)
    }
}
