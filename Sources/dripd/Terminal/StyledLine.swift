/// A line of which parts are set off.
struct StyledLine {
    enum Style {
        case plain
        case dim
        case green

        fileprivate var code: String? {
            switch self {
            case .plain: nil
            case .dim: "\u{1B}[2m"
            case .green: "\u{1B}[32m"
            }
        }
    }

    private var pieces: [(text: String, style: Style)] = []

    init(_ pieces: [(String, Style)]) {
        self.pieces = pieces.map { (HarmlessText.line($0.0), $0.1) }
    }

    /// - Parameters:
    ///   - columns: what is longer is cut; nil: nothing is.
    ///   - hasColour: without it, the styles do not show.
    func text(columns: Int?, hasColour: Bool) -> String {
        var left = columns ?? .max
        var result = ""
        for piece in pieces where left > 0 {
            let text = piece.text.cut(to: left)
            left -= TextWidth.of(text)
            guard hasColour, let code = piece.style.code else {
                result += text
                continue
            }
            result += code + text + "\u{1B}[0m"
        }
        return result
    }
}
