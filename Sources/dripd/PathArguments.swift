import ArgumentParser

/// The sequence files that a command is about.
struct PathArguments: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            """
            Sequence files or folders. Default: what the configuration says, ./Sequences where none is here, else those of \
            the installed service.
            """,
            valueName: "path"
        )
    )
    var paths: [String] = []
}
