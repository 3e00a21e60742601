/// Which of a person's addresses a step is sent by: the first that is permitted now, in the step's order of channels.
///
/// The next channel is tried only after a definite no: no address, no consent, a closed window, a refusal for good. A wait,
/// and a message in doubt, keep the step where it is.
extension Catalog {
    package func rules(of channel: ChannelName) -> ChannelRules? {
        channels.first { $0.rules.name == channel }?.rules
    }

    /// Whether messages can be sent by an account: it is in the configuration, or the configuration is not known.
    package func isConfigured(_ account: Account) -> Bool {
        guard !channels.isEmpty else { return true }
        return channels.contains {
            $0.rules.name == account.channel && ($0.accounts.isEmpty || $0.accounts.contains(account.externalID))
        }
    }

    package func policy(of channel: ChannelName) -> SendPolicy {
        rules(of: channel)?.policy ?? .conversation
    }

    /// Returns the channels that a step tries, in order: `via` of the step or the sequence; otherwise the one that the person
    /// came by, then the others that the step has content of its own for. A channel that it has nothing to say on is left out.
    /// - Parameter cameBy: nil if the address by which the person came is gone.
    package func channels(of step: Step, in sequence: DripSequence, cameBy: ChannelName?) -> [ChannelName] {
        let order =
            step.via ?? sequence.via ?? [cameBy].compactMap(\.self)
            + channels.map(\.rules.name).filter { $0 != cameBy && step.channels[$0] != nil }
        return order.filter { hasContent($0, in: step) }
    }

    private func hasContent(_ channel: ChannelName, in step: Step) -> Bool {
        rules(of: channel)?.content.isEmpty ?? true ? step.partCount > 0 : step.channels[channel] != nil
    }

    /// Whether more than the job's own address may decide about it.
    func mayHaveSeveralWays(_ job: Job, _ step: Step, in sequence: DripSequence) -> Bool {
        let own = job.person.address
        if !step.channels.isEmpty || step.via != nil || sequence.via != nil { return true }
        if let cameBy = job.enrollment.cameBy, cameBy != own.id { return true }
        if case .can? = step.onlyIf { return true }
        return sequence.purpose == .promotion
            || policy(of: own.account.channel).consentFor.contains(sequence.purpose)
    }

    /// Decides about a job whose person may be reached in several ways.
    func admit(_ job: Job, _ step: Step, in sequence: DripSequence, by ways: Ways, now: Instant) -> Admission {
        let ways = ways.only(where: isConfigured)
        let cameBy = job.enrollment.cameBy ?? job.person.address.id
        if case .can(let channel)? = step.onlyIf, !can(channel, ways, for: sequence.purpose) {
            return now < job.scheduled ? .wait(until: job.scheduled, .time) : .skip(.condition)
        }
        let home = ways.addresses.first { $0.id == cameBy }?.account.channel
        let channels = channels(of: step, in: sequence, cameBy: home)
        var (no, refusal): (Admission?, Admission?)
        var closed: Address?
        for channel in channels {
            guard let address = ways.address(on: channel, cameBy: cameBy) else { continue }
            if let delivery = ways.refusals[address.id] {
                refusal = refusal ?? .refused(delivery)
                continue
            }
            guard isPermitted(channel, ways.consents, for: sequence.purpose) else {
                no = no ?? .skip(.noConsent)
                continue
            }
            guard !ways.isSilent(but: address, at: now) else {
                no = no ?? .skip(.unreachable)
                continue
            }
            switch admit(job.moved(to: address), step, in: sequence, isLastWay: channels.count == 1, now: now) {
            case .send(var dispatch):
                guard address.id == job.person.address.id else { return .move(to: address) }
                dispatch.mayFallThrough = channels.count > 1
                return .send(dispatch)
            case .skip(.windowClosed):
                no = no ?? .skip(.windowClosed)
                closed = closed ?? address
            case .skip(.unreachable): no = no ?? .skip(.unreachable)
            // What made it late is the reason, if that is known.
            case .skip(.late): return ways.refusals.values.first.map(Admission.refused) ?? no ?? .skip(.late)
            case .fail(let why): refusal = refusal ?? .fail(why)
            case let other: return other
            }
        }
        // Nothing else is open, so the step waits for the person as it would without another way.
        if let closed {
            let alone = admit(job.moved(to: closed), step, in: sequence, now: now)
            guard case .wait = alone else { return refusal ?? alone }
            return closed.id == job.person.address.id ? alone : .move(to: closed)
        }
        return refusal ?? no ?? .skip(.noAddress)
    }

    /// Whether the person agreed, where that is needed, and withdrew nothing.
    package func isPermitted(_ channel: ChannelName, _ consents: [ConsentRecord], for purpose: Purpose) -> Bool {
        switch consents.state(on: channel, for: purpose) {
        case .given: true
        case .withdrawn: false
        case .neverAsked: !policy(of: channel).consentFor.contains(purpose)
        }
    }

    private func can(_ channel: ChannelName, _ ways: Ways, for purpose: Purpose) -> Bool {
        guard let address = ways.address(on: channel, cameBy: nil), address.unreachable == nil else { return false }
        return isPermitted(channel, ways.consents, for: purpose)
    }
}

extension Job {
    /// Returns the job as it would be at another address of its person.
    func moved(to address: Address) -> Job {
        guard address.id != person.address.id else { return self }
        var person = person
        person.address = address
        return of(person)
    }

    /// Returns the same job with other knowledge of its person.
    func of(_ person: Person) -> Job {
        Job(
            enrollment: enrollment,
            person: person,
            step: step,
            scheduled: scheduled,
            attempt: attempt,
            part: part,
            waitingFor: waitingFor,
            heldBy: heldBy
        )
    }
}
