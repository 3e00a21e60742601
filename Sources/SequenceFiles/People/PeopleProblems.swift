/// What is wrong with a file of people: the first problems, and how many there are.
struct PeopleProblems {
    let path: String
    /// At most `PeopleFile.mostProblems`.
    private(set) var first: [Diagnostic] = []
    private(set) var count = 0

    init(path: String) {
        self.path = path
    }

    mutating func add(_ place: Place?, _ message: String, _ suggestion: String? = nil) {
        count += 1
        guard first.count < PeopleFile.mostProblems else { return }
        first.append(
            Diagnostic(
                file: path,
                place: place,
                severity: .error,
                message: StrangeCharacter.naming(message),
                suggestion: suggestion
            )
        )
    }
}
