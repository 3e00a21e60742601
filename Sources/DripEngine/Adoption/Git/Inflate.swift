/// A decoder for zlib streams, in which git stores its objects. No dependency of ours has one. Sources: RFC 1950, RFC 1951.
struct Inflate {
    private struct Damaged: Error {}

    private let bytes: ArraySlice<UInt8>
    private let limit: Int
    private var index: Int
    private var bits: UInt32 = 0
    private var bitCount: UInt32 = 0
    private var output: [UInt8] = []

    /// - Parameters:
    ///   - bytes: the stream, perhaps with more bytes after it.
    ///   - limit: the limit on the output, in bytes.
    /// - Returns: the output; nil if the stream is damaged or truncated, or the output exceeds the limit. The checksum is not
    ///   verified.
    static func zlib(_ bytes: some Collection<UInt8>, limit: Int) -> [UInt8]? {
        let bytes = Array(bytes)
        guard bytes.count > 2, bytes[0] & 0x0f == 8, (Int(bytes[0]) << 8 | Int(bytes[1])) % 31 == 0,
            bytes[1] & 0x20 == 0
        else { return nil }
        var inflate = Inflate(bytes: bytes[2...], limit: limit)
        return (try? inflate.read()) == nil ? nil : inflate.output
    }

    private init(bytes: ArraySlice<UInt8>, limit: Int) {
        self.bytes = bytes
        self.limit = limit
        index = bytes.startIndex
    }

    private mutating func read() throws(Damaged) {
        var isLast = false
        while !isLast {
            isLast = try take(1) == 1
            switch try take(2) {
            case 0: try stored()
            case 1: try compressed(Self.fixedLengths, Self.fixedDistances)
            case 2:
                let (lengths, distances) = try codes()
                try compressed(lengths, distances)
            default: throw Damaged()
            }
        }
    }

    // MARK: Bits

    private mutating func take(_ count: UInt32) throws(Damaged) -> Int {
        while bitCount < count {
            guard index < bytes.endIndex else { throw Damaged() }
            bits |= UInt32(bytes[index]) << bitCount
            index += 1
            bitCount += 8
        }
        let value = bits & ((1 << count) - 1)
        bits >>= count
        bitCount -= count
        return Int(value)
    }

    private mutating func append(_ byte: UInt8) throws(Damaged) {
        guard output.count < limit else { throw Damaged() }
        output.append(byte)
    }

    // MARK: Blocks

    private mutating func stored() throws(Damaged) {
        (bits, bitCount) = (0, 0)
        guard bytes.endIndex - index >= 4 else { throw Damaged() }
        let count = Int(bytes[index]) | Int(bytes[index + 1]) << 8
        index += 4
        guard bytes.endIndex - index >= count, output.count + count <= limit else { throw Damaged() }
        output += bytes[index..<index + count]
        index += count
    }

    private mutating func compressed(_ lengths: Code, _ distances: Code) throws(Damaged) {
        while true {
            let symbol = try decode(lengths)
            if symbol < 256 {
                try append(UInt8(symbol))
                continue
            }
            if symbol == 256 { return }
            guard symbol - 257 < Self.lengthBases.count else { throw Damaged() }
            let length = Self.lengthBases[symbol - 257] + (try take(Self.lengthBits[symbol - 257]))
            let code = try decode(distances)
            guard code < Self.distanceBases.count else { throw Damaged() }
            let distance = Self.distanceBases[code] + (try take(Self.distanceBits[code]))
            guard distance <= output.count else { throw Damaged() }
            for _ in 0..<length { try append(output[output.count - distance]) }
        }
    }

    private mutating func codes() throws(Damaged) -> (Code, Code) {
        let (lengths, distances) = (try take(5) + 257, try take(5) + 1)
        let count = try take(4) + 4
        var sizes = [Int](repeating: 0, count: 19)
        for position in Self.codeOrder.prefix(count) { sizes[position] = try take(3) }
        let code = try Code(sizes)
        var all: [Int] = []
        while all.count < lengths + distances {
            let symbol = try decode(code)
            switch symbol {
            case 0...15: all.append(symbol)
            case 16:
                guard let last = all.last else { throw Damaged() }
                all += Array(repeating: last, count: try take(2) + 3)
            case 17: all += Array(repeating: 0, count: try take(3) + 3)
            default: all += Array(repeating: 0, count: try take(7) + 11)
            }
        }
        guard all.count == lengths + distances else { throw Damaged() }
        return (try Code(Array(all[..<lengths])), try Code(Array(all[lengths...])))
    }

    // MARK: Huffman codes

    private struct Code {
        /// The number of symbols for each code length in bits.
        var counts = [Int](repeating: 0, count: 16)
        /// The symbols in the order of their codes.
        var symbols: [Int]

        init(_ sizes: [Int]) throws(Damaged) {
            for size in sizes { counts[size] += 1 }
            counts[0] = 0
            var offsets = [Int](repeating: 0, count: 17)
            var left = 1
            for length in 1...15 {
                left = left * 2 - counts[length]
                guard left >= 0 else { throw Damaged() }
                offsets[length + 1] = offsets[length] + counts[length]
            }
            symbols = Array(repeating: 0, count: sizes.count)
            for (symbol, size) in sizes.enumerated() where size > 0 {
                symbols[offsets[size]] = symbol
                offsets[size] += 1
            }
        }

        /// - Parameter sizes: the code lengths that RFC 1951 fixes.
        init(fixed sizes: [Int]) {
            do {
                self = try Code(sizes)
            } catch {
                symbols = []
            }
        }
    }

    private mutating func decode(_ code: Code) throws(Damaged) -> Int {
        var (value, first, index) = (0, 0, 0)
        for length in 1...15 {
            value |= try take(1)
            let count = code.counts[length]
            if value - count < first { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        throw Damaged()
    }

    private static let codeOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    private static let lengthBases = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let lengthBits: [UInt32] = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distanceBases = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145,
        8193, 12289, 16385, 24577,
    ]
    private static let distanceBits: [UInt32] = [
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
    ]
    private static let fixedLengths = Code(
        fixed: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
    )
    private static let fixedDistances = Code(fixed: Array(repeating: 5, count: 30))
}
