extension Sequence<ConsentRecord> {
    /// Returns the record that withdrew one purpose on a channel; nil if it is not withdrawn.
    ///
    /// If both the person and an operator withdrew it, this is the person's record, which no operator may overrule.
    /// - Parameter channel: nil for what holds on every channel.
    package func withdrawal(on channel: ChannelName?, for purpose: Purpose) -> ConsentRecord? {
        var withdrawal: ConsentRecord?
        for record in self where record.channel == nil || record.channel == channel {
            guard record.purpose.map({ $0 == purpose }) ?? true else { continue }
            switch record.kind {
            case .given: withdrawal = nil
            case .withdrawn:
                if withdrawal == nil || !record.isByOperator { withdrawal = record }
            }
        }
        return withdrawal
    }

    /// The withdrawals that no later consent took back as a whole.
    package var withdrawalsInEffect: [ConsentRecord] {
        var inEffect: [ConsentRecord] = []
        for record in self {
            switch record.kind {
            case .withdrawn: inEffect.append(record)
            case .given: inEffect.removeAll { record.covers($0) }
            }
        }
        return inEffect
    }

    /// Returns the withdrawals that have to be recorded once more when two people become one, because the other person's later
    /// consent would take them back.
    /// - Parameters:
    ///   - own: one person's records.
    ///   - others: the other person's records.
    ///   - self: the records of both, in the order in which they were recorded.
    package func withdrawalsToRepeat(
        _ own: [ConsentRecord],
        _ others: [ConsentRecord],
        at now: Instant
    ) -> [ConsentRecord] {
        var joined = Array(self)
        let channels = Set(joined.compactMap(\.channel)).sorted { $0.rawValue < $1.rawValue }
        var repeated: [ConsentRecord] = []
        // The rule for every channel comes first: it may already say what a single channel needs.
        for channel in [nil] + channels.map(Optional.some) {
            for purpose in Purpose.allCases {
                let withdrawals = [own, others].compactMap { $0.withdrawal(on: channel, for: purpose) }
                guard let withdrawal = withdrawals.first(where: { !$0.isByOperator }) ?? withdrawals.first else {
                    continue
                }
                let known = joined.withdrawal(on: channel, for: purpose)
                guard known == nil || known?.isByOperator == true && !withdrawal.isByOperator else { continue }
                let record = ConsentRecord(
                    at: now,
                    kind: .withdrawn,
                    channel: channel,
                    purpose: purpose,
                    source: withdrawal.source,
                    evidence: withdrawal.evidence
                )
                repeated.append(record)
                joined.append(record)
            }
        }
        return repeated
    }
}

extension ConsentRecord {
    /// Whether an operator recorded it by a command. Everything else is the person's own word.
    package var isByOperator: Bool { source == .operatorCommand }

    /// Whether it concerns everything that the other record concerns.
    fileprivate func covers(_ other: ConsentRecord) -> Bool {
        (channel == nil || channel == other.channel) && (purpose == nil || purpose == other.purpose)
    }
}
