import DripCore
import TestSupport
import Testing

/// What two people withdrew, when they become one.
@Suite struct WithdrawalsTests {
    private let email = ChannelName(rawValue: "email")
    private let push = ChannelName(rawValue: "push")

    private func given(
        _ channel: ChannelName?,
        _ purpose: Purpose?,
        by source: ConsentRecord.Source = .page
    ) -> ConsentRecord {
        ConsentRecord(at: .start, kind: .given, channel: channel, purpose: purpose, source: source)
    }

    private func withdrawn(
        _ channel: ChannelName?,
        _ purpose: Purpose?,
        by source: ConsentRecord.Source = .page
    ) -> ConsentRecord {
        ConsentRecord(at: .start, kind: .withdrawn, channel: channel, purpose: purpose, source: source)
    }

    @Test func `the last record that concerns a channel and a purpose decides`() {
        let records = [withdrawn(nil, .promotion), given(email, .promotion), withdrawn(push, nil)]
        #expect(records.withdrawal(on: email, for: .promotion) == nil)
        #expect(records.withdrawal(on: push, for: .promotion) == withdrawn(push, nil))
        #expect(records.withdrawal(on: push, for: .transaction) == withdrawn(push, nil))
        #expect(records.withdrawal(on: nil, for: .promotion) == withdrawn(nil, .promotion))
        #expect(records.withdrawal(on: nil, for: .care) == nil)
    }

    @Test func `an operator's record does not hide the person's own`() {
        let own = withdrawn(email, .care)
        #expect([own, withdrawn(email, .care, by: .operatorCommand)].withdrawal(on: email, for: .care) == own)
        #expect([withdrawn(email, .care, by: .operatorCommand), own].withdrawal(on: email, for: .care) == own)
    }

    @Test func `a consent for less takes nothing back as a whole`() {
        #expect(
            [withdrawn(nil, .promotion), given(email, .promotion)].withdrawalsInEffect == [withdrawn(nil, .promotion)]
        )
        #expect([withdrawn(email, .promotion), given(nil, .promotion)].withdrawalsInEffect == [])
        #expect([withdrawn(email, nil), given(email, .care)].withdrawalsInEffect == [withdrawn(email, nil)])
        #expect([given(email, .care), withdrawn(email, .care)].withdrawalsInEffect == [withdrawn(email, .care)])
    }

    @Test func `what one withdrew and the other gave later is withdrawn once more`() {
        let (one, other) = ([withdrawn(email, .promotion)], [given(email, .promotion), given(email, .care)])
        let repeated = (one + other).withdrawalsToRepeat(one, other, at: .start)
        #expect(repeated == [withdrawn(email, .promotion)])
        #expect((one + other + repeated).state(on: email, for: .promotion) == .withdrawn)
        #expect((one + other + repeated).state(on: email, for: .care) == .given)
        // In the other order it holds by itself.
        #expect((other + one).withdrawalsToRepeat(one, other, at: .start) == [])
    }

    @Test func `a rule for every channel is repeated as one`() {
        let (one, other) = ([withdrawn(nil, .promotion)], [given(nil, .promotion), given(email, .promotion)])
        #expect((one + other).withdrawalsToRepeat(one, other, at: .start) == [withdrawn(nil, .promotion)])
    }

    @Test func `the person's own withdrawal is repeated after an operator's`() {
        let (one, other) = (
            [withdrawn(email, .care)], [given(email, .care), withdrawn(email, .care, by: .operatorCommand)]
        )
        #expect((one + other).withdrawalsToRepeat(one, other, at: .start) == [withdrawn(email, .care)])
    }
}
