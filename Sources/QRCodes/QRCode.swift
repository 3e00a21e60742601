import CQREncode

/// A QR code as a grid of modules. The extensions render it as PNG, as SVG and for terminals.
package struct QRCode: Hashable, Sendable {
    /// Modules on each side.
    package let width: Int
    /// Row by row, from the top left.
    private let modules: [Bool]

    /// The light border that scanners need. Source: ISO/IEC 18004, "Quiet zone": four modules on each side.
    package static let quietZone = 4

    /// The error correction, which restores up to 15 % of the code: a sticker gets scratched.
    private static let correction = QR_ECLEVEL_M

    /// - Parameter text: at most about 2,300 bytes; a longer text fits no code, and the result is nil.
    package init?(_ text: String) {
        // QR_MODE_8 is for text other than digits and capitals; the library still encodes runs of digits in fewer bits.
        guard let code = QRcode_encodeString(text, 0, Self.correction, QR_MODE_8, 1) else { return nil }
        defer { QRcode_free(code) }
        width = Int(code.pointee.width)
        // The lowest bit is the module's colour; the bits above it are internal to the encoder.
        modules = (0..<width * width).map { code.pointee.data[$0] & 1 == 1 }
    }

    /// Returns whether a module is dark. Outside the code, in the quiet zone, none is.
    package func isDark(_ column: Int, _ row: Int) -> Bool {
        let inside = 0..<width
        return inside.contains(column) && inside.contains(row) && modules[row * width + column]
    }

    /// The range of rows, and of columns, with the quiet zone.
    var framed: Range<Int> {
        -Self.quietZone..<width + Self.quietZone
    }
}
