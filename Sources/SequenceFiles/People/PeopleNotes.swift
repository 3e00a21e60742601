import DripCore

/// Values in a file of people that can be read, but may not be what was meant.
struct PeopleNotes {
    /// The notes of one kind: their number, and the first one.
    private struct Note {
        var count = 0
        var place: SourceLocation?
        var example = ""

        mutating func add(_ place: SourceLocation, _ example: String) {
            if count == 0 { (self.place, self.example) = (place, example) }
            count += 1
        }
    }

    private var phones: [PhoneCell.Doubt: Note] = [:]
    private var commentAuthors = Note()
    /// The number of ids with more digits than a spreadsheet keeps.
    private var longIDs = 0
    /// The long ids that have only zeros after these digits.
    private var roundedIDs = Note()
    /// The number of those that end in at least three zeros.
    private var bareIDs = 0

    /// The number of digits that a spreadsheet keeps. Source: IEEE 754, double precision; Excel's specifications and limits.
    private static let spreadsheetDigits = 15

    mutating func add(_ doubt: PhoneCell.Doubt, _ text: String, _ place: SourceLocation) {
        phones[doubt, default: Note()].add(place, text)
    }

    mutating func addCommentAuthor(_ identity: String, _ place: SourceLocation) {
        commentAuthors.add(place, identity)
    }

    mutating func add(id: String, _ place: SourceLocation) {
        guard id.utf8.count > Self.spreadsheetDigits else { return }
        longIDs += 1
        guard id.utf8.dropFirst(Self.spreadsheetDigits).allSatisfy({ $0 == UInt8(ascii: "0") }) else { return }
        roundedIDs.add(place, id)
        if id.hasSuffix("000") { bareIDs += 1 }
    }

    /// Whether a spreadsheet has rounded the ids. By chance, one id in ten ends in a zero, and one in a thousand in three.
    private var areIDsRounded: Bool {
        (roundedIDs.count >= 3 && roundedIDs.count * 3 >= longIDs * 2) || (bareIDs > 0 && bareIDs * 20 >= longIDs)
    }

    func warnings(path: String, people: Int) -> [Diagnostic] {
        func warning(_ note: Note?, _ message: (Note) -> String) -> Diagnostic? {
            guard let note, note.count > 0 else { return nil }
            return Diagnostic(file: path, place: note.place, severity: .warning, message: message(note))
        }
        let ids = warning(areIDsRounded ? roundedIDs : nil) { note in
            "\(note.count) of \(people) ids end in zeros, such as \(note.example): a spreadsheet keeps "
                + "\(Self.spreadsheetDigits) digits of a number, and such people do not exist; export the ids again, and "
                + "import that column as text"
        }
        let zeros = warning(phones[.lostZero]) { note in
            "\(Self.numbers(note.count)) without the leading 0, which a spreadsheet drops: '\(note.example)' is read as "
                + "0\(note.example.filter(\.isNumber))"
        }
        let unknown = warning(phones[.unknownPrefix]) { note in
            "\(Self.numbers(note.count)) of no known network, such as '\(note.example)'"
        }
        let old = warning(phones[.renumbered]) { note in
            "\(Self.numbers(note.count)) in the eleven-digit form used until 2018, such as '\(note.example)': read as the "
                + "ten-digit number that replaced it"
        }
        let authors = warning(commentAuthors) { note in
            "\(note.count) \(note.count == 1 ? "line is" : "lines are") left out, such as '\(note.example)': the author of a comment "
                + "has no id on the page before they write"
        }
        return [ids, zeros, unknown, old, authors].compactMap(\.self).sorted()
    }

    private static func numbers(_ count: Int) -> String {
        "\(count) phone number\(count == 1 ? "" : "s")"
    }
}
