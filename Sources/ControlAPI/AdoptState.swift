package import DripCore

package struct AdoptStateRequest: Codable, Sendable {
    /// Whether missed messages are sent even if they may have been sent already.
    package let sendMissed: Bool

    package init(sendMissed: Bool) {
        self.sendMissed = sendMissed
    }
}

/// The facts that an operator needs before releasing a state from hold.
package struct HoldReport: Codable, Hashable, Sendable {
    /// nil if the state is not on hold.
    package var hold: Hold?
    /// The number of steps that are due now.
    package var due: Int
    /// The number of steps that were due before the hold and may have been sent by another copy of this state, whether
    /// they are due or wait for something.
    package var missed: Int
    /// The missed steps that were due first.
    package var steps: [JobSummary]
    /// What the list of stops and erasures beside the database restored; nil if nothing.
    package var broughtBack: SuppressionReplayReport?

    package init(
        hold: Hold? = nil,
        due: Int,
        missed: Int,
        steps: [JobSummary],
        broughtBack: SuppressionReplayReport? = nil
    ) {
        self.hold = hold
        self.due = due
        self.missed = missed
        self.steps = steps
        self.broughtBack = broughtBack
    }
}

/// What a copy of the state restored from the list of stops and erasures beside it.
package struct SuppressionReplayReport: Codable, Hashable, Sendable {
    /// People who are stopped or paused again, as they were before the copy was put in place.
    package var stopped = 0
    /// People whose stop or pause is taken back again.
    package var resumed = 0
    /// People who are erased again.
    package var erased = 0
    /// People who withdrew a consent again.
    package var withdrawn = 0
    /// The list was lost, may be too old, or had become too long: more people may have stopped or been erased than it
    /// names.
    package var isIncomplete = false

    package init(
        stopped: Int = 0,
        resumed: Int = 0,
        erased: Int = 0,
        withdrawn: Int = 0,
        isIncomplete: Bool = false
    ) {
        (self.stopped, self.resumed, self.erased, self.withdrawn) = (stopped, resumed, erased, withdrawn)
        self.isIncomplete = isIncomplete
    }

    /// A report that an earlier dripd stored has fewer numbers.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        stopped = try values.decodeIfPresent(Int.self, forKey: .stopped) ?? 0
        resumed = try values.decodeIfPresent(Int.self, forKey: .resumed) ?? 0
        erased = try values.decodeIfPresent(Int.self, forKey: .erased) ?? 0
        withdrawn = try values.decodeIfPresent(Int.self, forKey: .withdrawn) ?? 0
        isIncomplete = try values.decodeIfPresent(Bool.self, forKey: .isIncomplete) ?? false
    }
}
