import ArgumentParser

/// The sequence files that a command is about.
struct PathArguments: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Sequence files or folders. Default: what --config says, else ./Sequences.",
            valueName: "path"
        )
    )
    var paths: [String] = []

    /// - Parameter configured: what the configuration says, if there is one.
    func resolved(configured: String?) -> [String] {
        paths.isEmpty ? [configured ?? "Sequences"] : paths
    }
}
