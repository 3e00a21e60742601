/// A telephone number in its international form, if its digits can be one.
///
/// Vietnam: nine digits after the 0 or the 84 for a mobile, ten for a landline, with the prefixes of networks and
/// areas. Source: Ministry of Information and Communications, circular 22/2014/TT-BTTTT with the changes of 2017
/// (areas) and 2018 (mobiles). A number of any other country counts only with its + or 00.
struct PhoneNumber: Hashable {
    /// `+84912345678`.
    let number: String
    let isMobile: Bool

    /// The prefix before the national digits.
    enum Prefix {
        /// 0, before a Vietnamese number.
        case trunk
        /// 84 without +, only for eleven digits in all.
        case country
        /// + or 00.
        case international
    }

    /// - Parameter digits: all digits, including the country code, without the prefix `+`, `00` or `0`.
    init?(_ digits: some Collection<UInt8>, _ prefix: Prefix) {
        let digits = Array(digits)
        switch prefix {
        case .trunk: self.init(national: digits[...])
        case .country:
            guard digits.starts(with: Self.vietnam), digits.count == 11 else { return nil }
            self.init(national: digits[2...])
        case .international:
            if digits.starts(with: Self.vietnam) {
                // People also write +84 0912….
                self.init(national: digits[2...].first == 0 ? digits[3...] : digits[2...])
            } else {
                self.init(abroad: digits)
            }
        }
    }

    private static let vietnam: [UInt8] = [8, 4]

    private init?(national digits: ArraySlice<UInt8>) {
        guard digits.count == 9 || digits.count == 10 else { return nil }
        let values = Array(digits)
        if values.count == 9 {
            guard Self.isMobile(values[0], values[1]) else { return nil }
        } else {
            guard Self.isArea(values[0], values[1], values[2]) else { return nil }
        }
        number = "+84" + Self.text(values)
        isMobile = values.count == 9
    }

    private static func isMobile(_ first: UInt8, _ second: UInt8) -> Bool {
        switch first {
        case 3: second >= 2
        case 5: second == 2 || second == 5 || second == 6 || second >= 8
        case 7: second == 0 || second >= 6
        case 8: second >= 1
        case 9: true
        default: false
        }
    }

    /// Returns whether the digits begin with an area code. 24 and 28 have two digits, the others three.
    private static func isArea(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Bool {
        guard first == 2 else { return false }
        return switch second {
        case 0: third >= 3
        case 1: third <= 6 || third >= 8
        case 2: third <= 2 || third >= 5
        case 3: third >= 2
        case 4, 8: true
        case 5: (1...2).contains(third) || third >= 4
        case 6: third <= 3 || third == 9
        case 7: third <= 7
        case 9: third <= 1 || third == 3 || third == 4 || third == 6 || third == 7 || third == 9
        default: false
        }
    }

    /// E.164 allows at most fifteen digits. Fewer than ten are usually a price.
    private init?(abroad digits: [UInt8]) {
        guard (10...15).contains(digits.count), let code = Self.codeLength(digits), digits[code...].first != 0,
            !digits.suffix(5).allSatisfy({ $0 == 0 })
        else { return nil }
        // The North American plan: eleven digits, and neither area nor exchange begins with 0 or 1.
        if digits[0] == 1, digits.count != 11 || digits[1] < 2 || digits[4] < 2 { return nil }
        if digits[0] == 7, digits.count != 11 { return nil }
        number = "+" + Self.text(digits)
        isMobile = false
    }

    /// Returns the number of digits in the country code; nil if there is no such code. Source: ITU-T E.164, list of
    /// country codes.
    private static func codeLength(_ digits: [UInt8]) -> Int? {
        switch (digits[0], digits[1]) {
        case (1, _), (7, _): 1
        case (2, 0), (2, 7), (3, 0...4), (3, 6), (3, 9), (4, 0), (4, 1), (4, 3...9), (5, 1...8), (6, 0...6), (8, 1),
            (8, 2),
            (8, 4), (8, 6), (9, 0...5), (9, 8):
            2
        case (2, 1...6), (2, 8), (2, 9), (3, 5), (3, 7), (3, 8), (4, 2), (5, 0), (5, 9), (6, 7...9), (8, 0), (8, 5),
            (8, 8),
            (9, 6), (9, 7):
            3
        case (9, 9): (2...6).contains(digits[2]) || digits[2] == 8 ? 3 : nil
        default: nil
        }
    }

    private static func text(_ digits: [UInt8]) -> String {
        String(decoding: digits.map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
    }
}
