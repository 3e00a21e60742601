/// A scalar's text exactly as it stands in the file: `no` and `012` are texts, never a Boolean or a number.
struct YAMLScalar {
    enum Style {
        case plain
        case quoted
        /// After `|` or `>`: the text begins on the next line.
        case block
    }

    let text: String
    let style: Style
    /// In double quotes `\n` is a line break, and `\\n` what it looks like.
    let hasEscapes: Bool
}
