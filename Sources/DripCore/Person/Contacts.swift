/// The phone number and the e-mail address that a person left in a message. They are stored as attributes, for
/// `{{phone}}` and `only_if: {has: phone}`.
package struct Contacts: Hashable, Sendable {
    /// The first number of the message, in international form: `+84912345678`; nil if it has none.
    package let phone: String?
    /// The first address of the message, in lower case; nil if it has none.
    package let email: String?
    /// Whether the message has exactly one number, of a Vietnamese mobile. Such a number replaces a known one; any
    /// other only fills an empty attribute.
    package let isPhoneCertain: Bool
    /// Whether the message has exactly one address.
    package let isEmailCertain: Bool

    /// The number of scalars that are read of a longer message.
    package static let longestScalars = 4_000

    /// The fewest digits of a number: 28 3822 123, Vietnamese without its 0.
    private static let fewestDigits = 8

    package init(in text: String) {
        // Most messages have neither. A count over the bytes rules them out cheaply.
        var (digits, hasAt) = (0, false)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
            case UInt8(ascii: "@"): hasAt = true
            // The second byte of the full-width @. Few other characters have it.
            case 0xBC: hasAt = true
            // The first bytes of full-width, Arabic and mathematical digits, and of some other characters.
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

    /// Returns the attributes that the message changes.
    /// - Parameter known: the person's attributes so far.
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

/// The scalars of a text in a plain form for the scanners: digits, letters, spaces and dashes of other forms are
/// replaced, and invisible characters are left out.
struct PlainScalars {
    let values: [Unicode.Scalar]

    init(_ text: String, atMost most: Int) {
        var values: [Unicode.Scalar] = []
        values.reserveCapacity(min(text.utf8.count, most))
        var count = 0
        for scalar in text.unicodeScalars {
            if count == most {
                // The beginning of a cut number would be another person's number.
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

    /// Returns the plain form; nil if the scalar is invisible.
    private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        case 0xFF01...0xFF5E: return Unicode.Scalar(scalar.value - 0xFEE0)
        case 0x2010...0x2015, 0x2043, 0x2212, 0xFE58, 0xFE63: return "-"
        // The frame of a keycap emoji.
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
