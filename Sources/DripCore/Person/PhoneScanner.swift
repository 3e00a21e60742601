/// Finds telephone numbers in a text, from left to right, however their digits are grouped. Leaves out dates, times,
/// amounts and numbers of other things. The work is linear, because a number has few groups.
struct PhoneScanner {
    struct Finding: Hashable {
        let number: String
        /// Whether it is a Vietnamese mobile in a form used for telephone numbers only.
        let isCertain: Bool
    }

    private(set) var numbers: [Finding] = []

    /// A run of digits.
    private struct Group {
        let start: Int
        var end: Int
        var digits: [UInt8]
        /// Whether it is within a web address that is not a link to a telephone number.
        let isInAddress: Bool
    }

    private struct Candidate {
        let number: PhoneNumber
        /// The index of its last group.
        let last: Int
        let separators: Set<Separator>
    }

    private enum Separator {
        case space
        case point
        case dash
    }

    private let scalars: [Unicode.Scalar]
    private var groups: [Group] = []
    /// The index of the group after the last number found.
    private var following: Int?

    /// The most numbers per message. More of them are a list of other people's.
    private static let most = 8
    /// One group per digit, and the country code.
    private static let mostGroups = 13
    private static let longestGap = 3
    /// The most digits kept of a group. A longer group is no telephone number.
    private static let longestGroup = 17
    /// The number of scalars before a number that are read to classify it.
    private static let context = 24

    init(_ scalars: [Unicode.Scalar]) {
        self.scalars = scalars
        var address = AddressReader()
        for index in scalars.indices {
            defer { address.read(scalars[index]) }
            guard scalars[index].isDigit else { continue }
            let digit = UInt8(truncatingIfNeeded: scalars[index].value - 0x30)
            if let last = groups.last, last.end == index {
                groups[groups.count - 1].end = index + 1
                if last.digits.count < Self.longestGroup { groups[groups.count - 1].digits.append(digit) }
            } else {
                groups.append(
                    Group(start: index, end: index + 1, digits: [digit], isInAddress: address.isInAddress)
                )
            }
        }
        var index = 0
        while index < groups.count, numbers.count < Self.most {
            guard let found = candidate(at: index), ends(found, isLookAhead: false) else {
                index += 1
                continue
            }
            let isCertain = found.number.isMobile && !isAccount(before: index) && !runsOn(found)
            numbers.append(Finding(number: found.number.number, isCertain: isCertain))
            index = found.last + 1
            following = index
        }
    }

    // MARK: Candidates

    private func candidate(at first: Int) -> Candidate? {
        let group = groups[first]
        let before = group.start > 0 ? scalars[group.start - 1] : nil
        if before == "+" {
            let sign = group.start - 1
            guard sign == 0 || !scalars[sign - 1].isWordPart else { return nil }
            return international(at: first, skipping: 0)
        }
        guard mayBegin(at: first, after: before) else { return nil }
        switch (group.digits[0], group.digits.count > 1 ? group.digits[1] : nil) {
        case (0, 0?): return group.digits.starts(with: [0, 0, 8, 4]) ? international(at: first, skipping: 2) : nil
        case (0, _): return national(at: first)
        case (8, 4?): return international(at: first, skipping: 0, isMarked: false)
        default: return nil
        }
    }

    private func mayBegin(at first: Int, after before: Unicode.Scalar?) -> Bool {
        guard let before else { return true }
        let start = groups[first].start
        if before.isWordPart { return Self.labels.contains(word(before: start)) }
        switch before {
        case "#": return false
        case ".", ",", "-", "/":
            let isJoined = first > 0 && groups[first - 1].end == start - 1
            // Two telephone numbers may follow each other directly. Anything else makes this a part of a longer number
            // of another kind.
            if isJoined { return first == following }
            return before != "/" || !groups[first].isInAddress
        case "=", "&", "?", "%": return !groups[first].isInAddress
        default: return true
        }
    }

    private func national(at first: Int) -> Candidate? {
        collect(from: first) { digits in
            guard digits.count > 1 else { return nil }
            return digits[1] == 2 ? 11 : 10
        } finish: { digits, sizes, separators in
            guard Self.isGrouping(sizes, separators), !Self.isDate(digits, sizes) else { return nil }
            return PhoneNumber(digits.dropFirst(), .trunk)
        }
    }

    /// - Parameters:
    ///   - skipped: the number of prefix digits to skip.
    ///   - isMarked: whether + or 00 marks the number as international.
    private func international(at first: Int, skipping skipped: Int, isMarked: Bool = true) -> Candidate? {
        let isVietnam = groups[first].digits.dropFirst(skipped).starts(with: [8, 4])
        guard isVietnam else { return isMarked ? abroad(at: first) : nil }
        return collect(from: first) { digits in
            let rest = digits.dropFirst(skipped + 2)
            guard let next = rest.first else { return nil }
            let hasTrunk = next == 0
            guard !hasTrunk || isMarked else { return 0 }
            guard let area = hasTrunk ? rest.dropFirst().first : next else { return nil }
            return skipped + 2 + (hasTrunk ? 1 : 0) + (area == 2 && isMarked ? 10 : 9)
        } finish: { digits, sizes, separators in
            // 84.350.000.000 is an amount.
            let isAmount =
                !isMarked && sizes.count > 1 && (separators.contains(.point) || digits.suffix(3) == [0, 0, 0])
            guard !isAmount, !sizes.dropFirst().contains(where: { $0 < 2 }) else { return nil }
            return PhoneNumber(digits.dropFirst(skipped), isMarked ? .international : .country)
        }
    }

    /// Adds groups until there are as many digits as needed.
    /// - Parameters:
    ///   - needed: the number of digits; nil if the digits so far do not tell, 0 to reject them.
    ///   - finish: makes the number from the digits, the sizes of the groups and the separators.
    private func collect(
        from first: Int,
        needed: ([UInt8]) -> Int?,
        finish: ([UInt8], [Int], Set<Separator>) -> PhoneNumber?
    ) -> Candidate? {
        var (digits, sizes, separators): ([UInt8], [Int], Set<Separator>) = ([], [], [])
        for index in first..<min(groups.count, first + Self.mostGroups) {
            if index > first {
                guard let separator = separator(after: index - 1) else { return nil }
                separators.insert(separator)
            }
            digits += groups[index].digits
            sizes.append(groups[index].digits.count)
            guard let needed = needed(digits) else { continue }
            if digits.count > needed { return nil }
            if digits.count == needed {
                return finish(digits, sizes, separators).map {
                    Candidate(number: $0, last: index, separators: separators)
                }
            }
        }
        return nil
    }

    /// Reads a foreign number. Its length is unknown, so it takes a single run of digits, or all groups that follow
    /// each other.
    private func abroad(at first: Int) -> Candidate? {
        var (digits, sizes, separators, last) = (
            groups[first].digits, [groups[first].digits.count], Set<Separator>(), first
        )
        while digits.count < 15, sizes[0] < 9, last + 1 < groups.count, sizes.count < Self.mostGroups {
            let next = groups[last + 1].digits
            let isComplete = digits[0] == 1 ? digits.count >= 11 : digits.count >= 10 && next.count <= 2
            guard !isComplete, (2...5).contains(next.count), let separator = separator(after: last) else { break }
            digits += next
            sizes.append(next.count)
            separators.insert(separator)
            last += 1
        }
        let isAmount = separators == [.point] && sizes.dropFirst().allSatisfy { $0 == 3 }
        guard !isAmount, let number = PhoneNumber(digits, .international) else { return nil }
        return Candidate(number: number, last: last, separators: separators)
    }

    /// Returns the separator between a group and the next; nil if they cannot be parts of one number.
    private func separator(after index: Int) -> Separator? {
        let gap = scalars[groups[index].end..<groups[index + 1].start]
        guard gap.count <= Self.longestGap else { return nil }
        var separator = Separator.space
        for scalar in gap {
            switch scalar {
            case ".": separator = .point
            case "-": separator = .dash
            case " ", "(", ")": continue
            default: return nil
            }
        }
        return separator
    }

    /// Returns whether people write numbers in groups of these sizes: 0912 345 678, 091.234.5678, 09 12 34 56 78.
    private static func isGrouping(_ sizes: [Int], _ separators: Set<Separator>) -> Bool {
        guard sizes.count > 1 else { return true }
        if sizes.allSatisfy({ $0 == 1 }) || sizes.allSatisfy({ $0 == 2 }) { return true }
        if sizes[0] == 1 { return separators == [.space] && isGrouping(Array(sizes.dropFirst()), separators) }
        guard sizes.allSatisfy({ $0 > 1 }) else { return false }
        return sizes[0] == 2
            ? [[2, 4, 4], [2, 8], [2, 3, 5], [2, 3, 3, 2], [2, 4, 3]].contains(sizes) : sizes[0] <= 5
    }

    /// Returns whether the digits are a date followed by an hour: 09.12.2026 18.
    private static func isDate(_ digits: [UInt8], _ sizes: [Int]) -> Bool {
        var end = 0
        let ends = sizes.map { size in
            end += size
            return end
        }
        guard digits.count >= 8, ends.dropLast().contains(8) else { return false }
        func value(_ range: Range<Int>) -> Int { digits[range].reduce(0) { 10 * $0 + Int($1) } }
        return (1...31).contains(value(0..<2)) && (1...12).contains(value(2..<4))
            && (1900...2099).contains(value(4..<8))
    }

    // MARK: Context

    /// Returns whether the number ends with its last group.
    /// - Parameter isLookAhead: whether to ignore the groups after it.
    private func ends(_ found: Candidate, isLookAhead: Bool) -> Bool {
        let end = groups[found.last].end
        guard end < scalars.count else { return true }
        let next = scalars[end]
        if next.isWordPart || next == "@" { return false }
        guard !isLookAhead, found.last + 1 < groups.count, groups[found.last + 1].start == end + 1 else { return true }
        let isJoined =
            switch next {
            case ".", ",": true
            case "-": found.separators.contains(.dash)
            case "/", " ", "(", ")": false
            default: false
            }
        guard isJoined else { return true }
        // Another number may be joined to this one.
        return national(at: found.last + 1).map { ends($0, isLookAhead: true) } ?? false
    }

    /// Returns whether more digits follow in the same grouping. Account and card numbers are longer than telephone
    /// numbers.
    private func runsOn(_ found: Candidate) -> Bool {
        guard !found.separators.isEmpty, found.last + 1 < groups.count else { return false }
        return separator(after: found.last) != nil && groups[found.last + 1].digits.count > 2
            && national(at: found.last + 1) == nil
    }

    private static let labels: Set<String> = [
        "sdt", "sđt", "dt", "đt", "tel", "phone", "mobile", "zalo", "zl", "hotline", "lh", "so", "số",
    ]

    /// Returns the word that ends directly before `end`.
    private func word(before end: Int) -> String {
        var start = end
        while start > 0, end - start < 8, scalars[start - 1].isWordPart { start -= 1 }
        return String(String.UnicodeScalarView(scalars[start..<end])).lowercased()
    }

    private static let accounts = [
        "stk", "cmnd", "cccd", "mst", "tài khoản", "tai khoan", "mã đơn", "ma don", "mã vận",
    ]

    /// Returns whether the words before it name another kind of number.
    private func isAccount(before first: Int) -> Bool {
        let end = groups[first].start
        let previous = first > 0 ? groups[first - 1].end : 0
        let text = String(String.UnicodeScalarView(scalars[max(previous, end - Self.context)..<end])).lowercased()
        return Self.accounts.contains { text.contains($0) }
    }
}

/// Reads a text from left to right and tells at each position whether it is within a web address.
private struct AddressReader {
    /// How much of each pattern has been matched. After a mismatch a pattern starts again from its first character,
    /// which is enough for these four.
    private var (scheme, host, zalo, whatsApp) = (0, 0, 0, 0)
    private var isAtStart = true
    private var isAddress = false
    private var isPhoneLink = false

    private static let patterns = (
        scheme: Array("://".utf8), host: Array("www.".utf8), zalo: Array("zalo.me/".utf8),
        whatsApp: Array("wa.me/".utf8)
    )

    /// Whether the position is within a web address. A link to a telephone number does not count.
    var isInAddress: Bool { isAddress && !isPhoneLink }

    mutating func read(_ scalar: Unicode.Scalar) {
        if scalar == " " || scalar == "\n" {
            self = AddressReader()
            return
        }
        let byte = scalar.isASCIILetter ? UInt8(scalar.value | 0x20) : UInt8(scalar.isASCII ? scalar.value : 0)
        if Self.completes(Self.patterns.scheme, &scheme, byte) { isAddress = true }
        // A host counts only at the beginning.
        if isAtStart, Self.completes(Self.patterns.host, &host, byte) { isAddress = true }
        if host == 0 { isAtStart = false }
        if Self.completes(Self.patterns.zalo, &zalo, byte) { isPhoneLink = true }
        if Self.completes(Self.patterns.whatsApp, &whatsApp, byte) { isPhoneLink = true }
    }

    private static func completes(_ pattern: [UInt8], _ read: inout Int, _ byte: UInt8) -> Bool {
        read = byte == pattern[read] ? read + 1 : byte == pattern[0] ? 1 : 0
        guard read == pattern.count else { return false }
        read = 0
        return true
    }
}
