/// How the timelines that were played stand to those that are written down.
struct ExpectedReport: Encodable {
    struct Entry: Encodable {
        let file: String
        let command: String
        let isMet: Bool
        /// As `diff -u` shows it: `-` was written down, `+` is printed now.
        let difference: [String]
    }

    let timelines: [Entry]
    let isUpdated: Bool

    init(_ files: [ExpectedFile], isUpdated: Bool) {
        self.isUpdated = isUpdated
        timelines = files.flatMap { file in
            file.sections.map { section in
                Entry(
                    file: file.path,
                    command: "dripd simulate \(section.command)",
                    isMet: section.isMet,
                    difference: section.expected.isEmpty
                        ? ["nothing was written down yet"]
                        : LineDifference.lines(from: section.expected, to: section.printed ?? "")
                )
            }
        }
    }

    var differing: Int { timelines.count { !$0.isMet } }

    var text: String {
        let differences = timelines.filter { !$0.isMet }.flatMap { entry in
            ["\(entry.file): \(entry.command)"] + entry.difference.map { "  \($0)" } + [""]
        }
        return (differences + [summary]).joined(separator: "\n")
    }

    private var summary: String {
        let count = timelines.count
        let all = "\(count) timeline\(count == 1 ? "" : "s")"
        if count == 0 { return "no timelines: `dripd simulate --update FILE.yaml` makes FILE.expected" }
        if differing == 0 { return "\(all): as expected" }
        return isUpdated
            ? "\(all): \(differing) written anew"
            : "\(all): \(differing) not as expected; if that is meant, `dripd simulate --update` writes it down"
    }
}
