import ArgumentParser
import DripCore
import DripStore
import SequenceFiles
import WebServer

/// People, and behind them a tag.
struct TagArguments: ParsableArguments {
    @OptionGroup var control: ControlOptions

    @Argument(help: ArgumentHelp("People's ids on the page (PSID), or PAGE/PSID, and last the tag.", valueName: "word"))
    var words: [String]

    @Flag(help: "Print JSON.")
    var json = false

    var order: TagOrder {
        get throws {
            TagOrder(people: Array(words.dropLast()), tag: try CommandLineText.tag(words.last ?? ""))
        }
    }

    func validate() throws {
        guard words.count > 1 else { throw ValidationError("say whom, and last the tag") }
        guard words.count - 1 <= ControlServer.tagLimit else {
            throw ValidationError("one command tags at most \(ControlServer.tagLimit) people")
        }
        do {
            _ = try order
        } catch {
            throw ValidationError(ErrorText.words(error))
        }
    }
}
