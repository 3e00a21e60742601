import CQREncode

/// A QR code as its modules: what prints or draws it is in the extensions.
package struct QRCode: Hashable, Sendable {
    /// Modules on each side.
    package let width: Int
    /// Row by row, from the top left.
    private let modules: [Bool]

    /// The light border that readers look for. Source: ISO/IEC 18004, "Quiet zone": four modules on each side.
    package static let quietZone = 4

    /// Restores up to 15 % of the code: a sticker gets scratched.
    private static let correction = QR_ECLEVEL_M

    /// - Parameter text: at most some 2,300 bytes; what is longer fits into no code.
    package init?(_ text: String) {
        // QR_MODE_8 for what is neither digits nor capitals; the library puts runs of digits into fewer bits by itself.
        guard let code = QRcode_encodeString(text, 0, Self.correction, QR_MODE_8, 1) else { return nil }
        defer { QRcode_free(code) }
        width = Int(code.pointee.width)
        // The lowest bit is the module's colour, those above are the encoder's notes.
        modules = (0..<width * width).map { code.pointee.data[$0] & 1 == 1 }
    }

    /// Whether the module is dark; outside of the code, in the quiet zone, none is.
    package func isDark(_ column: Int, _ row: Int) -> Bool {
        let inside = 0..<width
        return inside.contains(column) && inside.contains(row) && modules[row * width + column]
    }

    /// Rows, and columns, with the quiet zone.
    var framed: Range<Int> {
        -Self.quietZone..<width + Self.quietZone
    }
}
