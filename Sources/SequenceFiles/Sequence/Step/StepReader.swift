import Channels
import DripCore

/// Reads the entries of `steps:` one by one, and checks each against the ones before it.
struct StepReader {
    private(set) var report: FileReport
    private let context: StepContext
    private var lines: [String: Int] = [:]
    private var positions: [Milliseconds: Step] = [:]

    /// A step needs at least one of these keys.
    private static let contents = ["text", "variants", "images", "video", "audio", "file", "cards"]

    init(context: StepContext, report: FileReport) {
        self.context = context
        self.report = report
    }

    /// The names of all steps so far, including steps with errors.
    var names: Set<String> { Set(lines.keys) }

    /// Returns nil if there are no steps, or too many.
    mutating func readEntries(_ fields: Fields) -> [YAMLNode]? {
        guard let entries = report.list(fields, "steps") else { return nil }
        let most = SequenceSchema.mostSteps
        guard entries.count <= most else {
            report.error("\(entries.count) steps: a sequence has at most \(most)", at: entries[most].place)
            return nil
        }
        return entries
    }

    /// Reads a step. Returns nil if it has no usable name or time.
    mutating func read(_ node: YAMLNode) -> PlacedStep? {
        guard let fields = Fields(node, StepSchema.step, report: &report) else { return nil }
        let id = readIdentity(fields)
        let time = readTime(fields, id: id)
        let pull = report.value(fields, "pull_into_window", Self.pull)
        let outsideWindow = OutsideWindowReader.read(fields, context, &report)
        let onlyIf = fields["only_if"].flatMap { ConditionReader.read($0, &report) }
        let typing = report.value(fields, "typing", TypingParser.parse) ?? context.typing
        let persona = report.value(fields, "persona", PersonaParser.parse) ?? context.persona
        let buttons = TapReader.readButtons(fields, context, &report)
        let variants = VariantsReader.read(fields, context, &report)
        let media = MediaReader(folder: context.mediaFolder)
        let images = media.readImages(fields, &report)
        let video = media.read(.video, fields, &report)
        let audio = media.read(.audio, fields, &report)
        let file = media.read(.file, fields, &report)
        let cards = CardReader.read(fields, context, &report)
        let quickReplies = TapReader.readQuickReplies(fields, context, &report)
        let via = ChannelReader.readVia(fields, &report)
        let ask = ChannelReader.readAsk(fields, context, &report)
        let channels = ChannelReader.readContent(fields, context, hasText: !variants.isEmpty, &report)
        if !(Self.contents + ChannelReader.names).contains(where: fields.has) {
            // A step with buttons but no text has been reported already.
            if !fields.has("buttons") {
                report.error(
                    "this step sends nothing: give it a text, images, a video, a sound, a file or cards",
                    at: node.place
                )
            }
        }
        if let text = ask?.text {
            let limit = buttons.isEmpty ? MessengerLimits.textCharacters : MessengerLimits.textWithButtonsCharacters
            let longest = variants.map { $0.text.longestScalars(variableScalars: 0) }.max() ?? 0
            let all = longest + 2 + text.unicodeScalars.count
            if variants.isEmpty {
                report.error(
                    "the text of 'ask' is sent below the step's text, and this step has none",
                    at: fields.place(of: "ask")
                )
            } else if all > limit {
                report.error(
                    "the text can be \(all) characters long with the text of 'ask': Messenger takes \(limit)",
                    at: fields.place(of: "ask")
                )
            }
        }
        guard let id, let time else { return nil }
        let step = Step(
            id: id,
            after: time.after,
            at: time.at,
            pullIntoWindow: pull,
            outsideWindow: outsideWindow,
            onlyIf: onlyIf,
            typing: typing,
            persona: persona,
            variants: variants,
            images: images,
            video: video,
            audio: audio,
            file: file,
            cards: cards,
            buttons: buttons,
            quickReplies: quickReplies,
            via: via,
            channels: channels,
            ask: ask
        )
        if step.partCount > 1, outsideWindow.contains(where: \.isBySubscription) {
            report.error(
                "a subscription allows one message, and this step has \(step.partCount): its text, pictures, video, sound, "
                    + "file and cards are one message each",
                at: fields.place(of: "outside_window")
            )
        }
        return PlacedStep(step: step, fields: fields)
    }

    private mutating func readIdentity(_ fields: Fields) -> String? {
        guard let place = fields["step"]?.place, let id = report.value(fields, "step", IdentityParser.parse) else {
            return nil
        }
        if let line = lines[id] {
            report.error("duplicate step '\(id)'; the first is on line \(line)", at: place)
            return nil
        }
        lines[id] = place.line
        return id
    }

    private mutating func readTime(_ fields: Fields, id: String?) -> (after: Offset, at: Int?)? {
        let at = report.value(fields, "at", TimeOfDayParser.parse)
        guard let place = fields["after"]?.place, let after = report.value(fields, "after", OffsetParser.parse),
            at != nil || !fields.has("at")
        else { return nil }
        if let at, let reason = Self.whyNot(at, with: after) {
            report.error(reason, at: fields["at"]?.place ?? place)
            return nil
        }
        let step = Step(id: id ?? "", after: after, at: at)
        if let other = positions[step.position] {
            report.error(Self.coincidence(step, other), at: place)
            return nil
        }
        positions[step.position] = step
        return (after, at)
    }

    private static func coincidence(_ step: Step, _ other: Step) -> String {
        let (time, otherName) = (step.time, other.id.isEmpty ? "of '\(other.time)'" : "'\(other.id)'")
        guard step.at != nil || other.at != nil else {
            return "'\(time)' is as long after the start as step \(otherName): two steps cannot be due at once"
        }
        return
            "'\(time)' has the same position as step \(otherName): in the order of steps, a time of day counts as that "
            + "many hours on top of 'after'; change one of the two"
    }

    /// Returns why `at` cannot be used, or nil. A time of day makes sense only on a day after the day of the start.
    private static func whyNot(_ at: Int, with after: Offset) -> String? {
        switch after.unit {
        case .second, .minute, .hour:
            "'at' needs an 'after' of days, weeks or months: '\(after)' after the start is a moment, which has its own "
                + "time of day"
        case .day, .week, .month:
            after.count > 0
                ? nil
                : "'at' needs an 'after' of at least 1 day: on the day of the start, \(TimeOfDay.text(at)) may have passed"
        }
    }

    private static func pull(_ text: String) throws(ParseError) -> Milliseconds {
        let offset = try OffsetParser.parse(text)
        switch offset.unit {
        case .second, .minute, .hour: break
        case .day, .week, .month:
            let hours = offset == Offset(1, .day) ? "23 h" : nil
            throw ParseError(
                "'\(text)' is too much: a step is pulled by s, min or h, less than 24 h",
                suggestion: hours
            )
        }
        guard offset.count > 0 else { throw ParseError("'\(text)' pulls nothing: leave 'pull_into_window' out") }
        // Pulled by the length of the window, the step would be sent at once.
        guard offset.nominal < StandardWindow.length else {
            throw ParseError("'\(text)' is too much: a step is pulled by less than 24 h, the length of the window")
        }
        return offset.nominal
    }
}

extension Step {
    fileprivate var time: String {
        at.map { "\(after) at \(TimeOfDay.text($0))" } ?? "\(after)"
    }
}

/// The facts about the rest of the file that the readers of a step need.
struct StepContext {
    let source: SourceText
    let mediaFolder: MediaFolder
    /// The file's sequence, if known.
    let sequence: String?
    let again: ReenrollmentRule
    let purpose: Purpose
    /// The default for steps without `typing`.
    let typing: Milliseconds
    /// The default for steps without `persona`.
    let persona: String?
}

/// A step and the locations of its keys.
struct PlacedStep {
    let step: Step
    let fields: Fields

    func place(of key: String) -> SourceLocation {
        fields.place(of: key)
    }
}
