import Foundation

/// Comma-separated values as RFC 4180 writes them.
enum CSV {
    /// With the line's end.
    static func line(_ cells: [String]) -> String {
        cells.map(quoted).joined(separator: ",") + "\r\n"
    }

    private static func quoted(_ cell: String) -> String {
        // By scalars: "\r\n" is one character to Swift.
        guard cell.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return cell }
        return "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }

    /// The cell as no spreadsheet runs it. What somebody calls themselves is theirs to choose, and
    /// `=HYPERLINK(…)` as a name would be a formula on the operator's machine. Source: OWASP, "CSV Injection".
    static func harmless(_ cell: String) -> String {
        guard let first = cell.unicodeScalars.first, "=+-@\t\r\n＝＋－＠".unicodeScalars.contains(first),
            cell.wholeMatch(of: /\+[0-9]+/) == nil
        else { return cell }
        return "'" + cell
    }
}
