extension TextTemplate {
    /// What is wrong with a template, and where: an offset into the text in Unicode scalars.
    package struct SyntaxError: Error, Hashable, Sendable {
        package let what: String
        package let scalarOffset: Int
    }

    /// A variable without fallback, and where: an offset into the text in Unicode scalars.
    package struct OpenVariable: Hashable, Sendable {
        package let name: String
        package let scalarOffset: Int
    }

    /// All that a text's `{{…}}` hold, right or wrong.
    package struct Parsed: Hashable, Sendable {
        /// What was understood; to be used only when there are no errors.
        package let template: TextTemplate
        package let errors: [SyntaxError]
        package let openVariables: [OpenVariable]

        package init(_ text: String) {
            var parser = TextTemplateParser(text)
            parser.parse()
            template = TextTemplate(segments: parser.segments).trimmedAtEnd
            errors = parser.errors
            openVariables = parser.openVariables
        }
    }

    /// Reads `{{…}}` out of a text.
    /// - Throws: the first thing that is not understood.
    package init(parsing text: String) throws(SyntaxError) {
        let parsed = Parsed(text)
        if let error = parsed.errors.first { throw error }
        self = parsed.template
    }

    /// Whether a variable may have this name.
    package static func isVariable(_ name: String) -> Bool {
        TextTemplateParser.isName(name)
    }
}
