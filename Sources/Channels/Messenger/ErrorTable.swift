import DripCore

/// The platform's error codes and what each means for us. A code with a subcode comes before the code alone. Sources: the
/// platform's "Common error codes", "Rate limiting", "Send messages" pages and its changelog.
enum ErrorTable {
    enum Meaning: Hashable {
        case refused(Refusal.Meaning)
        /// The platform says that it failed, but is known to have sent the message in this case.
        case inDoubt
    }

    struct Code: Hashable {
        let code: Int
        let subcode: Int?
    }

    /// A code that is not in the table may pass: it is tried again, a few times.
    static func meaning(code: Int, subcode: Int?) -> Meaning {
        rows[Code(code: code, subcode: subcode)] ?? rows[Code(code: code, subcode: nil)] ?? .refused(.retry)
    }

    private static let rows: [Code: Meaning] = {
        var rows: [Code: Meaning] = [:]
        func add(_ meaning: Meaning, _ code: Int, _ subcodes: Int?...) {
            for subcode in subcodes { rows[Code(code: code, subcode: subcode)] = meaning }
        }
        // "Received invalid JSON reply": the sends succeeded.
        add(.inDoubt, 1, 1_357_046)
        add(.refused(.retry), 1, nil)
        add(.refused(.retry), 2, nil)
        add(.refused(.retry), 1200, nil)
        // Another app, or Messenger's own questions and answers, holds the conversation.
        add(.refused(.retry), 2_018_300, nil)
        add(.refused(.retry), 2_018_321, nil)
        // The platform could not fetch the address of a picture, a video or a file in time.
        add(.refused(.retry), 100, 2_018_008, 2_018_294)

        add(.refused(.slowDown), 4, nil, 2_018_022)
        add(.refused(.slowDown), 17, nil)
        add(.refused(.slowDown), 32, nil)
        add(.refused(.slowDown), 613, nil)
        add(.refused(.slowDown), 80_001, nil)
        add(.refused(.slowDown), 80_002, nil)
        add(.refused(.slowDown), 80_006, nil)

        // 1545041 is labelled both "window closed" and "person unavailable": with code 10 it is the former.
        add(.refused(.window), 10, 2_018_278, 2_018_065, 2_534_022, 1_545_041)

        add(.refused(.person), 10, 2_018_108)
        add(.refused(.person), 100, 2_018_001, 33, 2_534_014)
        add(.refused(.person), 200, 1_545_041)
        add(.refused(.person), 551, nil)

        add(.refused(.page), 10, nil, 1_893_063)
        add(.refused(.page), 190, nil)
        add(.refused(.page), 200, nil)
        add(.refused(.page), 230, nil)
        add(.refused(.page), 368, nil)

        add(.refused(.message), 100, nil, 2_018_034, 2_018_109, 2_018_047)
        // "Invalid attachment ID or not owner": it has expired, or was deleted.
        add(.refused(.attachment), 100, 2_018_074)
        add(.refused(.message), 9, nil)
        return rows
    }()
}
