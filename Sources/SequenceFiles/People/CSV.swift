/// Comma-separated values as RFC 4180 writes them.
package enum CSV {
    /// With the line's end.
    package static func line(_ cells: [String]) -> String {
        cells.map(quoted).joined(separator: ",") + "\r\n"
    }

    private static func quoted(_ cell: String) -> String {
        // By scalars: "\r\n" is one character to Swift.
        guard cell.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return cell }
        return "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }

    /// The cell as no spreadsheet runs it. What somebody calls themselves is theirs to choose, and
    /// `=HYPERLINK(…)` as a name would be a formula on the operator's machine. Source: OWASP, "CSV Injection".
    package static func harmless(_ cell: String) -> String {
        isFormula(cell) ? "'" + cell : cell
    }

    /// What `harmless` was given.
    static func plain(_ cell: String) -> String {
        cell.utf8.first == UInt8(ascii: "'") && isFormula(String(cell.dropFirst())) ? String(cell.dropFirst()) : cell
    }

    /// A phone number in its international form is only a number to a spreadsheet, and of use to a program as it is.
    private static func isFormula(_ cell: String) -> Bool {
        guard let first = cell.unicodeScalars.first, "=+-@\t\r\n＝＋－＠".unicodeScalars.contains(first) else {
            return false
        }
        return cell.wholeMatch(of: /\+[0-9]+/) == nil
    }
}
