/// Splits what a client sends into lines. Holds at most one line of the given length.
struct SMTPLines: Sendable {
    struct Line: Sendable {
        /// Without the line break. Empty if the line is too long.
        let bytes: [UInt8]
        let isTooLong: Bool
        let endsWithCRLF: Bool
    }

    private static let (carriageReturn, lineFeed): (UInt8, UInt8) = (0x0d, 0x0a)

    private var bytes: [UInt8] = []
    private var last: UInt8 = 0
    private var isTooLong = false

    /// Consumes input up to the end of a line.
    ///
    /// - Parameters:
    ///   - limit: the most bytes of a line, without its line break.
    ///   - onlyCRLF: whether a line feed alone is part of the line. In a mail it must not end a line: a server that
    ///     differs from the next one there lets mails be smuggled (CVE-2023-51764).
    /// - Returns: nil if the input ends before the line.
    mutating func next(from input: inout ArraySlice<UInt8>, limit: Int, onlyCRLF: Bool) -> Line? {
        while let end = input.firstIndex(of: Self.lineFeed) {
            append(input[..<end], limit: limit)
            input = input[(end + 1)...]
            let endsWithCRLF = last == Self.carriageReturn
            guard endsWithCRLF || !onlyCRLF else {
                append([Self.lineFeed], limit: limit)
                continue
            }
            if endsWithCRLF, !isTooLong { bytes.removeLast() }
            if bytes.count > limit { (bytes, isTooLong) = ([], true) }
            defer { self = SMTPLines() }
            return Line(bytes: bytes, isTooLong: isTooLong, endsWithCRLF: endsWithCRLF)
        }
        append(input, limit: limit)
        input = []
        return nil
    }

    private mutating func append(_ part: ArraySlice<UInt8>, limit: Int) {
        last = part.last ?? last
        // One byte more, for a carriage return that may belong to the line break.
        if bytes.count + part.count > limit + 1 { (bytes, isTooLong) = ([], true) }
        if !isTooLong { bytes += part }
    }
}
