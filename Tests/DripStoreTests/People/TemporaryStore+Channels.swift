import ControlAPI
import DripCore
import GRDB
import TestSupport

@testable import DripStore

extension ChannelRules {
    /// E-mail, as far as the store needs to know it.
    static let testMail = ChannelRules(
        name: ChannelName(rawValue: "email"),
        noun: "e-mail",
        policy: SendPolicy(window: nil, consentFor: [.care, .promotion], refusalMayBeBlock: false),
        content: [ContentField(ContentField.text, "The text.", limit: 1_000)],
        attribute: "email"
    )
}

extension ChannelName {
    static let testMail = ChannelRules.testMail.name
}

extension TemporaryStore {
    static let otherPage = "999"

    /// Makes a store with two pages and a mail account.
    static func withChannels(_ sequences: [DripSequence]) async throws -> TemporaryStore {
        let state = try await TemporaryStore()
        _ = try await state.store.accounts(channel: "messenger", pages: [otherPage])
        _ = try await state.store.accounts(channel: "email", pages: ["shop"])
        var catalog = Catalog(zone: .hoChiMinh, sequences: sequences)
        catalog.channels = [
            ConfiguredChannel(
                rules: ChannelRules(name: .messenger, noun: "Messenger", policy: .conversation),
                accounts: [Event.testPage, otherPage]
            ),
            ConfiguredChannel(rules: .testMail, accounts: ["shop"]),
        ]
        _ = try await state.store.adopt(catalog, versions: [], plan: nil, now: .start)
        return state
    }

    func account(_ channel: String, _ page: String) async throws -> AccountID {
        try await store.accounts(channel: channel, pages: [page])[0]
    }

    /// Adds an e-mail address by an operator's command.
    func addMail(
        _ address: String,
        to person: String,
        for purposes: [Purpose] = [.care],
        now: Instant = .start
    ) async throws {
        try await store.addAddress(
            address,
            on: .testMail,
            account: "shop",
            to: person,
            agreeing: purposes.map { purpose in
                ConsentRecord(
                    at: now,
                    kind: .given,
                    channel: .testMail,
                    purpose: purpose,
                    source: .operatorCommand,
                    evidence: "call"
                )
            },
            now: now
        )
    }

    /// Records what a person chose on a page.
    func consent(
        _ kind: ConsentRecord.Kind,
        _ channel: ChannelName?,
        _ purpose: Purpose?,
        of person: String,
        by source: ConsentRecord.Source = .page
    ) async throws {
        try await store.write { db in
            let record = ConsentRecord(at: .start, kind: kind, channel: channel, purpose: purpose, source: source)
            try db.add(record, to: Store.find(person, db).id)
        }
    }

    /// `joined` or `cut`, the addresses and the proof of each record.
    func links(of person: String) async throws -> [String] {
        try await store.export(person, now: .start).links.map { link in
            ([link.kind.rawValue] + link.addresses + [link.proof ?? "-"]).joined(separator: " ")
        }
    }

    func addresses(of person: String) async throws -> [String] {
        try await store.person(person).addresses.map(\.address)
    }

    /// Each enrollment with what became of it, and the account of its next step.
    func enrollments(of person: String) async throws -> [String] {
        let rows = try await store.read { db in
            try db.rows(
                """
                SELECT enrollment.sequence, enrollment.round, enrollment.end_reason, account.page, address.external_id
                FROM enrollment LEFT JOIN job ON job.enrollment = enrollment.id LEFT JOIN account ON account.id = job.account
                LEFT JOIN address ON address.id = job.address AND address.account = account.id
                WHERE enrollment.person = ? ORDER BY enrollment.id
                """,
                [Store.find(person, db).id]
            ).map { row -> String in
                let end: String? = row["end_reason"]
                let (page, address): (String?, String?) = (row["page"], row["external_id"])
                return "\(row["sequence"] as String) \(row["round"] as Int) "
                    + (end ?? "next by \(page ?? "?")/\(address ?? "?")")
            }
        }
        return rows
    }
}
