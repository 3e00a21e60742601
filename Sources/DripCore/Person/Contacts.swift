/// A phone number and an e-mail address that a person left in a message. Shops ask for them all day; kept as attributes, so
/// that `{{phone}}` and `only_if: {has: phone}` know them.
package struct Contacts: Hashable, Sendable {
    /// In the international form: `+84912345678`. The first of the message; nil where it has none.
    package let phone: String?
    /// In lower case. The first of the message; nil where it has none.
    package let email: String?
    /// The message has one number alone, and it is that of a Vietnamese mobile: what was known is out of date. A number that is
    /// not certain only fills what is unknown.
    package let isPhoneCertain: Bool
    /// The message has one address alone.
    package let isEmailCertain: Bool

    /// Longer messages are read up to here: a number stands in a line, not in a novel.
    package static let longestScalars = 4_000

    /// Of Vietnam, without the area: 28 3822 123. Nobody's number is shorter.
    private static let fewestDigits = 8

    package init(in text: String) {
        // Most messages hold neither: that is found out by a look at the bytes.
        var (digits, hasAt) = (0, false)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
            case UInt8(ascii: "@"): hasAt = true
            // The full-width @ has a second byte that few others have.
            case 0xBC: hasAt = true
            // Full-width, Arabic and mathematical digits, and whatever else begins alike.
            case 0xD9, 0xDB, 0xE0, 0xEF, 0xF0: digits += 1
            default: break
            }
        }
        guard digits >= Self.fewestDigits || hasAt else {
            (phone, email, isPhoneCertain, isEmailCertain) = (nil, nil, false, false)
            return
        }
        let scalars = PlainScalars(text, atMost: Self.longestScalars).values
        let phones = PhoneScanner(scalars).numbers
        let emails = EmailScanner(scalars).addresses
        phone = phones.first?.number
        email = emails.first
        isPhoneCertain = Set(phones.map(\.number)).count == 1 && phones.contains(where: \.isCertain)
        isEmailCertain = Set(emails).count == 1
    }

    /// What a message changes in what is known of its person.
    /// - Parameter known: their attributes so far.
    func changes(to known: [String: String]) -> [(name: String, value: String)] {
        var changes: [(String, String)] = []
        func add(_ name: String, _ value: String?, _ isCertain: Bool) {
            guard let value, known[name] != value, isCertain || (known[name] ?? "").trimmed.isEmpty else { return }
            changes.append((name, value))
        }
        add("phone", phone, isPhoneCertain)
        add("email", email, isEmailCertain)
        return changes
    }
}

/// A text's scalars with what numbers and addresses are written in made plain: digits and letters of other forms, kinds of
/// spaces and dashes, characters that show nothing.
struct PlainScalars {
    let values: [Unicode.Scalar]

    init(_ text: String, atMost most: Int) {
        var values: [Unicode.Scalar] = []
        values.reserveCapacity(min(text.utf8.count, most))
        var count = 0
        for scalar in text.unicodeScalars {
            if count == most {
                // A piece of a number is somebody else's.
                while let last = values.last, last != " ", last != "\n" { values.removeLast() }
                break
            }
            count += 1
            if scalar.isASCII {
                if scalar.value >= 0x20 || scalar == "\n" { values.append(scalar) } else { values.append(" ") }
            } else if let plain = Self.plain(scalar) {
                values.append(plain)
            }
        }
        self.values = values
    }

    /// nil: it shows nothing.
    private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        case 0xFF01...0xFF5E: return Unicode.Scalar(scalar.value - 0xFEE0)
        case 0x2010...0x2015, 0x2043, 0x2212, 0xFE58, 0xFE63: return "-"
        // The frame of a digit on a key.
        case 0x20E3: return nil
        default: break
        }
        if scalar.isBlank { return scalar.value == 0x2028 || scalar.value == 0x2029 ? "\n" : " " }
        if scalar.isInvisible { return nil }
        if scalar.properties.generalCategory == .decimalNumber, let value = scalar.properties.numericValue {
            return Unicode.Scalar(UInt32(value) + 0x30)
        }
        return scalar
    }
}
