import ArgumentParser
import DripCore
import SequenceFiles

/// Whom a command is about.
struct PeopleFilterOptions: ParsableArguments {
    @Option(help: "Who has this tag; more than once: each of them.")
    var tag: [String] = []

    @Option(help: "Who does not have this tag.")
    var notTag: [String] = []

    @Option(help: "Who is under way in this sequence.")
    var sequence: String?

    @Option(help: ArgumentHelp("Of whom this is known: phone, email, full_name, …", valueName: "attribute"))
    var has: [String] = []

    @Option(help: ArgumentHelp("Who wrote or tapped so recently: 7d, '36 h', '2 weeks'.", valueName: "time"))
    var wroteWithin: String?

    @Flag(help: "Whom a message would reach now: their 24-hour window is open, they want messages, and they get them.")
    var reachableNow = false

    @Flag(help: "Who may have asked to get nothing more: nothing is sent until you resume or stop them.")
    var paused = false

    @Option(help: "Of this page.")
    var page: String?

    func validate() throws {
        do {
            _ = try filter
        } catch {
            throw ValidationError(ErrorText.words(error))
        }
    }

    var filter: PeopleFilter {
        get throws {
            var filter = PeopleFilter()
            filter.page = page
            filter.tags = try tag.map(CommandLineText.tag)
            filter.withoutTags = try notTag.map(CommandLineText.tag)
            filter.has = has
            filter.sequence = sequence
            filter.wroteWithin = try wroteWithin.map(CommandLineText.span)
            filter.reachableNow = reachableNow
            if paused { filter.paused = true }
            return filter
        }
    }
}
