extension QRCode {
    /// The pixels on each side of a module.
    private static let scale = 10

    /// A greyscale image with one bit per pixel. Source: PNG specification, third edition (https://www.w3.org/TR/png-3/).
    package var png: [UInt8] {
        let side = framed.count * Self.scale
        // Depth 1, greyscale; compression and filter have no other method than 0; not interlaced.
        let header = bigEndian(side) + bigEndian(side) + [1, 0, 0, 0, 0]
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
            + chunk("IDAT", zlibStored(pixels)) + chunk("IEND", [])
    }

    /// The image data. Each row begins with its filter (0: none); 1 is white.
    private var pixels: [UInt8] {
        framed.flatMap { row -> [UInt8] in
            var line: [UInt8] = [0]
            var (byte, bits): (UInt8, Int) = (0, 0)
            for column in framed {
                for _ in 0..<Self.scale {
                    byte = byte << 1 | (isDark(column, row) ? 0 : 1)
                    bits += 1
                    if bits == 8 {
                        line.append(byte)
                        (byte, bits) = (0, 0)
                    }
                }
            }
            if bits > 0 { line.append(byte << (8 - bits)) }
            return Array(repeatElement(line, count: Self.scale).joined())
        }
    }

    private func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
        let checked = Array(type.utf8) + data
        return bigEndian(data.count) + checked + bigEndian(Int(crc32(checked)))
    }

    /// Returns the data in zlib's format, in blocks without compression: a code has about ten kilobytes, too few to justify a
    /// compression library. Source: RFC 1950 and, for the blocks, RFC 1951, section 3.2.4.
    private func zlibStored(_ data: [UInt8]) -> [UInt8] {
        let longest = 65_535
        var stream: [UInt8] = [0x78, 0x01]
        for start in stride(from: 0, to: data.count, by: longest) {
            let block = data[start..<min(start + longest, data.count)]
            let (low, high) = (UInt8(block.count & 0xFF), UInt8(block.count >> 8))
            stream += [start + longest >= data.count ? 1 : 0, low, high, ~low, ~high] + block
        }
        return stream + bigEndian(Int(adler32(data)))
    }

    private func bigEndian(_ number: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
    }

    /// Source: PNG specification, annex D.
    private func crc32(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
        }
        return ~crc
    }

    /// Source: RFC 1950, section 8.2.
    private func adler32(_ bytes: [UInt8]) -> UInt32 {
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        return high << 16 | low
    }
}
