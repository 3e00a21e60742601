import DripCore
import DripStore
import Logging

/// The dispatcher's log lines and metrics. They name people by pseudonym and enrollment number, never by name or address. For a
/// refusal they give the platform's code only: its text may quote the message, and is stored in the delivery.
struct DispatchLog {
    let logger: Logger

    func looked(at limiter: Limiter, _ report: ClaimReport) {
        for (reason, count) in report.skipped {
            logger.info(
                "skipped",
                metadata: ["page": "\(limiter.page)", "reason": "\(reason.rawValue)", "steps": "\(count)"]
            )
        }
        if report.failed > 0 {
            logger.warning(
                "messages cannot be sent as they are",
                metadata: ["page": "\(limiter.page)", "steps": "\(report.failed)"]
            )
        }
    }

    /// Counts a finished request.
    func returned(_ outcome: Outcome, of claim: Claim) {
        Metric.requests.count(
            1,
            .label("page", claim.job.person.address.account.externalID),
            .label("outcome", outcome.errorClass ?? "accepted")
        )
    }

    /// - Parameters:
    ///   - delivery: the key that the message carried.
    ///   - person: the person's pseudonym.
    func settled(
        _ settlement: Settlement,
        by outcome: Outcome,
        delivery: DeliveryKey,
        person: @autoclosure () -> String
    ) {
        // Computed only if the line is logged: the pseudonym alone costs a hash.
        func facts(_ more: Logger.Metadata = [:]) -> Logger.Metadata {
            let job = settlement.claim.job
            var facts: Logger.Metadata = [
                "sequence": "\(job.enrollment.sequence)", "step": "\(job.step)",
                "enrollment": "\(job.enrollment.id.rawValue)", "delivery": "\(delivery)", "person": "\(person())",
                "page": "\(job.person.address.account.externalID)",
            ]
            facts["error_class"] = outcome.errorClass.map { "\($0)" }
            switch outcome {
            case .accepted: break
            case .refused(let refusal): facts["reason"] = "\(refusal.code)"
            case .unsent(let why), .inDoubt(let why), .untried(let why): facts["reason"] = "\(why)"
            }
            return facts.merging(more) { own, _ in own }
        }
        switch settlement.result {
        case .partSent: logger.debug("sent a part", metadata: facts())
        case .over(let delivery, _):
            switch delivery.state {
            case .sent: logger.info("sent", metadata: facts())
            case .skipped: break
            case .failed: logger.warning("failed", metadata: facts())
            case .inDoubt:
                logger.warning(
                    "in doubt: not sent again until it is known whether it arrived",
                    metadata: facts(CatalogedMessage.inDoubt.metadata)
                )
            }
        case .nextWay: logger.info("refused: the step tries the person's next channel", metadata: facts())
        case .again(_, let attempt, let waitingFor, _):
            logger.info(
                "not sent yet",
                metadata: facts(["attempt": "\(attempt)", "waiting_for": "\(waitingFor.rawValue)"])
            )
        }
    }

    func limiterChanged(_ before: Limiter, _ after: Limiter) {
        let page: Logger.Metadata = ["page": "\(after.page)"]
        func because(_ why: String, _ message: CatalogedMessage) -> Logger.Metadata {
            var metadata = message.metadata
            metadata["page"] = "\(after.page)"
            metadata["reason"] = "\(why)"
            return metadata
        }
        if before.accountStopped == nil, let why = after.accountStopped {
            logger.error(
                """
                the ad account may not send the page's paid messages: they wait, and one is tried every half hour; all others are \
                sent. Renew its token or its rights, then `systemctl restart dripd`
                """,
                metadata: because(why, .accountStopped)
            )
        } else if before.accountStopped != nil, after.accountStopped == nil {
            logger.notice("the page sends paid messages again", metadata: page)
        }
        if before.stopped == nil, let why = after.stopped {
            logger.error(
                "the page may not send any more; renew its token or its rights, then `systemctl restart dripd`",
                metadata: because(why, .pageStopped)
            )
        } else if before.restricted == nil, let why = after.restricted {
            logger.error(
                """
                the platform has restricted the page: it pauses, and one message at a time tests whether it may send again; \
                check its Page Support Inbox
                """,
                metadata: because(why, .pageRestricted)
            )
        } else if before.lastTrouble == nil, let why = after.lastTrouble {
            logger.warning("the page pauses", metadata: page.merging(["reason": "\(why)"]) { _, new in new })
        } else if before.lastTrouble != nil, after.lastTrouble == nil {
            logger.notice("the page sends again", metadata: page)
        }
    }

    func pace(of page: String, _ usage: Usage) {
        let metadata: Logger.Metadata = ["page": "\(page)", "used": "\(usage.percent) %"]
        if usage.percent >= Usage.slowed {
            logger.warning("the page's call allowance is running out: it sends more slowly", metadata: metadata)
        } else {
            logger.notice("the page's call allowance has recovered: it sends at its full rate", metadata: metadata)
        }
    }

    func recorded(_ report: RecordReport) {
        if report.stale > 0 {
            logger.warning("outcomes of claims that were no longer ours", metadata: ["count": "\(report.stale)"])
        }
        for pause in report.commentPauses { logger.note(pause) }
    }
}
