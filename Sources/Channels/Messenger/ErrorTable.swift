import DripCore

/// The platform's error codes and what each means for us. A code with a subcode comes before the code alone. Sources: the
/// platform's "Common error codes", "Rate limiting", "Send messages" pages and its changelog.
enum ErrorTable {
    enum Meaning: Hashable {
        case refused(Refusal.Meaning, tries: Int)
        /// The platform says that it failed, but is known to have sent the message in this case.
        case inDoubt
    }

    struct Code: Hashable {
        let code: Int
        let subcode: Int?
    }

    /// What nobody has heard of may pass: it is tried again a few times, then it has failed, for the operator to see.
    private static let unknown = Meaning.refused(.retry, tries: 4)

    /// - Parameters:
    ///   - isTransient: as the platform says; nobody knows how truly, so it lengthens no patience that the table has.
    ///   - message: the platform's words; one warning, and what is said of the proof, are told by these alone.
    static func meaning(code: Int, subcode: Int?, isTransient: Bool = false, message: String = "") -> Meaning {
        // "Warning! You are engaging in behavior that may be considered bothersome or abusive", under several codes.
        if message.lowercased().contains("may be considered bothersome") { return bothersome }
        // 100 "Invalid appsecret_proof provided in the API argument", or that one is required: a setting of the whole app, under a
        // code that else is one message's.
        if code == 100, message.contains("appsecret_proof") { return .refused(.page, tries: Backoff.attempts) }
        let meaning = rows[Code(code: code, subcode: subcode)] ?? rows[Code(code: code, subcode: nil)] ?? unknown
        guard isTransient, case .refused(let kind, _) = meaning else { return meaning }
        switch kind {
        case .person, .message, .attachment, .account: return .refused(.retry, tries: Backoff.attempts)
        case .page: return .refused(.perhapsPage, tries: Backoff.attempts)
        // A closed window, a brake and a ban stay what they are: asking again at once makes each of them worse.
        case .window, .perhapsPage, .restricted, .slowDown, .thread, .retry: return meaning
        }
    }

    private static let bothersome = Meaning.refused(.restricted, tries: Backoff.attempts)

    private static let rows: [Code: Meaning] = {
        var rows: [Code: Meaning] = [:]
        func add(_ meaning: Refusal.Meaning, tries: Int = Backoff.attempts, _ code: Int, _ subcodes: Int?...) {
            for subcode in subcodes { rows[Code(code: code, subcode: subcode)] = .refused(meaning, tries: tries) }
        }
        // "Received invalid JSON reply": the sends succeeded.
        rows[Code(code: 1, subcode: 1_357_046)] = .inDoubt
        add(.retry, 1, nil)
        // "An unknown error occurred": also what an app gets that lacks a permission.
        add(.perhapsPage, tries: 4, 1, 99)
        add(.retry, 2, nil)
        add(.retry, 1200, nil)
        // The platform could not fetch a picture, a video or a file in time, or choked on it.
        add(.retry, tries: 4, 100, 2_018_008)
        add(.retry, tries: 2, 100, 2_018_294)

        // Another app, or Messenger's own questions and answers, holds the conversation.
        add(.thread, tries: Backoff.threadAttempts, 2_018_300, nil)
        add(.thread, tries: Backoff.threadAttempts, 2_018_321, nil)

        add(.slowDown, 4, nil, 2_018_022)
        add(.slowDown, 17, nil, 2_446_079)
        add(.slowDown, 32, nil)
        add(.slowDown, 613, nil, 1996, 2_534_040)
        add(.slowDown, 80_001, nil)
        add(.slowDown, 80_002, nil)
        add(.slowDown, 80_006, nil)

        // 1545041 is labelled both "window closed" and "person unavailable": with 551 and 200 it is the latter.
        add(.window, 10, 2_018_278, 2_018_065, 2_534_022, 1_545_041)
        add(.window, 1_545_041, nil)

        add(.person, 10, 2_018_108)
        add(.person, 100, 2_018_001, 33, 2_534_014)
        add(.person, 200, 1_545_041)
        add(.person, 551, nil, 1_545_041)

        // The app's or the page's rights, and the token.
        add(.page, 2, 2_018_344)
        add(.page, 10, nil)
        add(.page, 190, nil)
        add(.page, 200, nil, 2_018_028, 2_018_027, 2_018_021, 2_534_041)
        add(.page, 230, nil)

        // "Page temporarily restricted from sending", "action blocked".
        add(.restricted, 10, 1_893_063)
        add(.restricted, 368, nil)

        add(.message, 1, 2_018_382)
        add(.message, 4, 2_018_354)
        add(.message, 9, nil, 2_018_352)
        add(.message, 100, nil, 2_018_034, 2_018_109, 2_018_047)
        // "Invalid attachment ID or not owner": it has expired, or was deleted.
        add(.attachment, 100, 2_018_074)
        add(.message, 10_303, nil)
        // "Activity already replied to", and a comment too old for a private reply: codes that other programs report, and no
        // page of the platform names.
        add(.message, 10_900, nil)
        add(.message, 10_903, nil)
        add(.message, 2_018_218, nil)
        add(.message, 2_300_052, nil)
        return rows
    }()
}
