package import DripCore
package import Foundation

extension Person {
    /// Makes a person with one address.
    package init(
        id: PersonID,
        account: AccountID,
        page: String,
        address: String,
        attributes: [String: String] = [:],
        zone: TimeZone? = nil,
        firstMessageAt: Instant? = nil,
        windowEnds: Instant? = nil,
        unreachable: String? = nil,
        stoppedAt: Instant? = nil,
        stoppedBy: ConsentSource? = nil,
        pausedAt: Instant? = nil,
        tags: Set<String> = [],
        lastWroteAt: Instant? = nil,
        humanAt: Instant? = nil,
        subscriptions: [Subscription] = []
    ) {
        self.init(
            id: id,
            address: Address(
                id: AddressID(rawValue: id.rawValue),
                account: Account(id: account, channel: .messenger, externalID: page),
                externalID: address,
                windowEnds: windowEnds,
                unreachable: unreachable,
                subscriptions: subscriptions
            ),
            attributes: attributes,
            zone: zone,
            firstMessageAt: firstMessageAt,
            stoppedAt: stoppedAt,
            stoppedBy: stoppedBy,
            pausedAt: pausedAt,
            tags: tags,
            lastWroteAt: lastWroteAt,
            humanAt: humanAt
        )
    }
}
