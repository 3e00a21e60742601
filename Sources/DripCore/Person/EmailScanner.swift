/// Finds e-mail addresses in a text, from left to right. A part of a longer word is no address: it would be another
/// person's.
struct EmailScanner {
    /// In lower case.
    let addresses: [String]

    /// RFC 5321, 4.5.3.1.
    private static let longestLocal = 64
    private static let longestDomain = 255
    /// The most addresses per message. More of them are a list of other people's.
    private static let most = 8

    init(_ scalars: [Unicode.Scalar]) {
        var (addresses, from): ([String], Int) = ([], 0)
        while addresses.count < Self.most, let at = scalars[from...].firstIndex(of: "@") {
            let (address, end) = Self.address(around: at, in: scalars, from: from)
            if let address { addresses.append(address) }
            from = end
        }
        self.addresses = addresses
    }

    /// Reads the address around an @.
    /// - Parameter start: where the scan began. Each scalar is read twice at most.
    /// - Returns: the address, nil if it is not one, and where to continue.
    private static func address(
        around at: Int,
        in scalars: [Unicode.Scalar],
        from start: Int
    ) -> (address: String?, end: Int) {
        var end = at + 1
        while end < scalars.count, scalars[end].isDomainPart { end += 1 }
        var first = at
        while first > start, scalars[first - 1].isLocalPart { first -= 1 }
        // A list's dash is not part of the address.
        while first < at, scalars[first] == "-" { first += 1 }
        let (local, before) = (scalars[first..<at], first > 0 ? scalars[first - 1] : nil)
        let after = end < scalars.count ? scalars[end] : nil
        guard (1...longestLocal).contains(local.count), local.first != ".", local.last != ".", !local.hasDoublePoint,
            before.map(\.mayPrecedeAddress) ?? true, after.map(\.mayFollowAddress) ?? true,
            let domain = domain(scalars[(at + 1)..<end]), !isInURL(first, scalars, from: start)
        else { return (nil, end) }
        return (text(local) + "@" + text(domain), end)
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        String(String.UnicodeScalarView(scalars)).lowercased()
    }

    /// Returns the domain without trailing dots and dashes, which belong to the sentence; nil if it is not a domain.
    private static func domain(_ written: ArraySlice<Unicode.Scalar>) -> ArraySlice<Unicode.Scalar>? {
        var domain = written
        while let last = domain.last, last == "." || last == "-" { domain.removeLast() }
        guard domain.count <= longestDomain else { return nil }
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count > 1, let top = labels.last, (2...24).contains(top.count), top.allSatisfy(\.isASCIILetter)
        else { return nil }
        let areLabels = labels.allSatisfy { (1...63).contains($0.count) && $0.first != "-" && $0.last != "-" }
        return areLabels ? domain : nil
    }

    /// Returns whether the @ is within a URL such as `https://user:secret@example.com`, which is no address.
    private static func isInURL(_ first: Int, _ scalars: [Unicode.Scalar], from start: Int) -> Bool {
        var index = first
        while index > start, scalars[index - 1] != " ", scalars[index - 1] != "\n" {
            index -= 1
            if scalars[index] == "/", index > 0, scalars[index - 1] == "/" { return true }
        }
        return false
    }
}

extension ArraySlice<Unicode.Scalar> {
    fileprivate var hasDoublePoint: Bool {
        zip(self, dropFirst()).contains { $0 == "." && $1 == "." }
    }
}

extension Unicode.Scalar {
    var isASCIILetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) }

    var isDigit: Bool { ("0"..."9").contains(self) }

    /// Whether it is part of a word in any script.
    var isWordPart: Bool {
        isASCII
            ? isASCIILetter || isDigit || self == "_"
            : properties.isAlphabetic || properties.canonicalCombiningClass != .notReordered
    }

    fileprivate var isLocalPart: Bool {
        isASCIILetter || isDigit || self == "." || self == "_" || self == "%" || self == "+" || self == "-"
    }

    fileprivate var isDomainPart: Bool { isASCIILetter || isDigit || self == "." || self == "-" }

    /// Whether an address may follow it. After any other character that addresses may contain, or a letter with an
    /// accent, the match would be a part of something longer.
    fileprivate var mayPrecedeAddress: Bool {
        switch self {
        case "@", "'", "’", "`", "#", "$", "!", "*", "^", "{", "}", "~", "\\", "&", "|": false
        default: isASCII || !isWordPart
        }
    }

    fileprivate var mayFollowAddress: Bool {
        self != "@" && self != "_" && (isASCII || !isWordPart)
    }
}
