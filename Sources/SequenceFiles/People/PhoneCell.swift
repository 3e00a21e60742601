import DripCore

/// A phone number in a table. The column shows that it is one, so more forms are accepted than in a message.
struct PhoneCell: Hashable {
    /// A reason to check a number.
    enum Doubt: Hashable {
        /// `912345678`: a spreadsheet dropped the leading zero.
        case lostZero
        /// No known network has the prefix.
        case unknownPrefix
        /// A mobile number of eleven digits, as used until 2018: `number` is its replacement.
        case renumbered
    }

    /// The number in its international form: `+84912345678`.
    let number: String
    let doubt: Doubt?

    /// - Parameter text: a result of `StrangeCharacter.plain`.
    init(_ text: String) throws(ParseError) {
        let mayBeRounded = text.utf8.contains { $0 == UInt8(ascii: "E") || $0 == UInt8(ascii: "e") }
        guard !mayBeRounded || text.wholeMatch(of: /[0-9][.,][0-9]+[eE]\+?[0-9]+/) == nil else {
            throw ParseError(
                "'\(text)' is a phone number that a spreadsheet has rounded: format the column as text before the numbers go in"
            )
        }
        if let digits = Self.digits(of: text), let phone = Self.phone(digits) {
            self = phone
        } else if let number = Contacts(in: text).phone {
            // The cell has a note beside the number, or two numbers.
            self.init(number: number, doubt: nil)
        } else {
            throw ParseError("'\(text)' is not a phone number: write 0912345678, or +49301234567 for another country")
        }
    }

    private init(number: String, doubt: Doubt?) {
        self.number = number
        self.doubt = doubt
    }

    /// Returns the digits, with a leading `+` if there is one; nil if the text has anything but one number and common separators.
    private static func digits(of text: String) -> String? {
        var rest = text[...]
        if rest.first?.isLetter == true {
            guard rest.lowercased().hasPrefix("tel:") else { return nil }
            rest = rest.dropFirst(4)
        }
        var digits = ""
        for scalar in rest.unicodeScalars {
            switch scalar {
            case "0"..."9": digits.unicodeScalars.append(scalar)
            case "+" where digits.isEmpty: digits = "+"
            case " ", ".", "(", ")", "\u{2212}": break
            default: guard scalar.properties.generalCategory == .dashPunctuation else { return nil }
            }
        }
        return digits
    }

    private static func phone(_ written: String) -> PhoneCell? {
        var digits = written[...]
        let isInternational = digits.hasPrefix("+") || digits.hasPrefix("00")
        if isInternational { digits = digits.dropFirst(digits.hasPrefix("+") ? 1 : 2) }
        if isInternational, !digits.hasPrefix("84") {
            return (8...15).contains(digits.count) && digits.first != "0"
                ? PhoneCell(number: "+\(digits)", doubt: nil) : nil
        }
        if isInternational || (digits.hasPrefix("84") && digits.count >= 11) {
            // People write (+84) 0912… too.
            let national = digits.dropFirst(2)
            return vietnamese(national.first == "0" ? national.dropFirst() : national)
        }
        if digits.first == "0" { return vietnamese(digits.dropFirst()) }
        guard let phone = vietnamese(digits), phone.doubt == nil else { return nil }
        return PhoneCell(number: phone.number, doubt: .lostZero)
    }

    /// - Parameter national: the digits after the 0 or the country's code.
    private static func vietnamese(_ national: Substring) -> PhoneCell? {
        let prefix = national.prefix(2)
        switch (national.count, national.first) {
        case (9, "3"), (9, "5"), (9, "7"), (9, "8"), (9, "9"):
            return PhoneCell(number: "+84\(national)", doubt: isMobile(prefix) ? nil : .unknownPrefix)
        case (10, "2"):
            return PhoneCell(number: "+84\(national)", doubt: nil)
        case (10, "1"):
            guard let now = renumbered(national) else { return nil }
            return PhoneCell(number: "+84\(now)", doubt: .renumbered)
        default: return nil
        }
    }

    /// Returns whether a mobile network has a prefix, without its 0. Source: Ministry of Information and Communications, circular
    /// 22/2014/TT-BTTTT, and the prefixes assigned since.
    private static func isMobile(_ prefix: Substring) -> Bool {
        guard let second = prefix.last else { return false }
        return switch prefix.first {
        case "3": "23456789".contains(second)
        case "5": "25689".contains(second)
        case "7": "06789".contains(second)
        case "8": "123456789".contains(second)
        case "9": true
        default: false
        }
    }

    /// Returns the replacement of an eleven-digit number. Source: the same ministry's plan for the change of 15 September 2018.
    private static func renumbered(_ national: Substring) -> String? {
        let prefixes: [Substring: String] = [
            "120": "70", "121": "79", "122": "77", "126": "76", "128": "78", "123": "83", "124": "84", "125": "85",
            "127": "81", "129": "82", "186": "56", "188": "58", "199": "59",
        ]
        let (old, rest) = (national.prefix(3), national.dropFirst(3))
        if let new = prefixes[old] { return new + rest }
        guard old.hasPrefix("16"), let last = old.last, ("2"..."9").contains(last) else { return nil }
        return "3\(last)\(rest)"
    }
}
