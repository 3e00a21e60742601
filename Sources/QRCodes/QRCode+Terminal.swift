extension QRCode {
    package enum Ink: Sendable {
        /// The terminal's colours are set: the code is dark on light in every theme.
        case colours
        /// No colours: the blocks are the dark modules. Right only if text is dark on light, as in most files and mails.
        case characters
    }

    /// Returns the code as lines of half blocks. Each line has two rows of modules, so the modules are about square.
    package func lines(_ ink: Ink) -> [String] {
        stride(from: framed.lowerBound, to: framed.upperBound, by: 2).map { row in
            let blocks = framed.map { column in
                switch (isDark(column, row), isDark(column, row + 1)) {
                case (true, true): "█"
                case (true, false): "▀"
                case (false, true): "▄"
                case (false, false): " "
                }
            }.joined()
            switch ink {
            // 16 and 231 are black and white in every palette of 256 colours; 0 and 15 depend on the theme.
            case .colours: return "\u{1B}[38;5;16;48;5;231m\(blocks)\u{1B}[0m"
            case .characters: return blocks
            }
        }
    }
}
