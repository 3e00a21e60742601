import DripCore
import Foundation

/// Reads one file's content into a sequence, or reports every error in it. Does not check other files.
struct SequenceReader {
    /// nil if the file has errors.
    private(set) var sequence: DripSequence?
    /// The sequence's name, even if the rest of the file has errors.
    private(set) var identity: (id: String, place: SourceLocation)?
    /// The steps without errors.
    private(set) var steps: [PlacedStep] = []
    private(set) var report: FileReport

    init(bytes: [UInt8], path: String, mediaFolder: MediaFolder = .told([:])) {
        report = FileReport(file: path, isKept: mediaFolder.isKept)
        guard let source = SourceText(bytes: bytes, report: &report),
            let root = YAMLReader.read(source, report: &report)
        else { return }
        guard !root.isEmpty else {
            report.error("the file is empty", at: .start)
            return
        }
        guard let fields = Fields(root, SequenceSchema.top, report: &report) else { return }
        readIdentity(fields, path: path)
        var settings = SettingsReader(fields, report: report)
        let context = StepContext(
            source: source,
            mediaFolder: mediaFolder,
            sequence: identity?.id,
            again: settings.readAgain(),
            purpose: settings.readWord("purpose", .care),
            typing: settings.readTyping(),
            persona: settings.readPersona()
        )
        report = settings.report
        let moved = readSteps(fields, context)
        var sequence = readSettings(fields, context, hash: ContentHash.hex(of: bytes))
        sequence.moved = moved
        guard !report.hasErrors, identity != nil else { return }
        self.sequence = sequence
    }

    /// Adds an error that only a comparison with other files shows.
    mutating func refuse(_ message: String, at place: SourceLocation, suggestion: String? = nil) {
        report.error(message, at: place, suggestion: suggestion)
        sequence = nil
    }

    /// Adds a diagnostic of any severity after the file was read.
    mutating func add(_ severity: Diagnostic.Severity, _ message: String, at place: SourceLocation) {
        switch severity {
        case .error: refuse(message, at: place)
        case .warning: report.warning(message, at: place)
        case .note: report.note(message, at: place)
        }
    }

    private mutating func readIdentity(_ fields: Fields, path: String) {
        guard let node = fields["sequence"], let id = report.value(fields, "sequence", IdentityParser.parse) else {
            return
        }
        identity = (id, node.place)
        let name = URL(filePath: path).deletingPathExtension().lastPathComponent
        if name != id {
            report.error(
                "the file's name and its sequence must agree, and '\(name)' is not '\(id)'",
                at: node.place,
                suggestion: IdentityParser.isIdentity(name) ? name : nil
            )
        }
    }

    private mutating func readSettings(_ fields: Fields, _ context: StepContext, hash: String) -> DripSequence {
        let title = report.text(fields, "title")
        var start = StartReader(report: report)
        let rules = start.read(fields)
        report = start.report
        let id = context.sequence ?? ""
        var sequence = DripSequence(id: id, title: title ?? id, start: rules, steps: steps.map(\.step), hash: hash)
        sequence.stop = StopReader.read(fields, own: context.sequence, &report)
        warnAboutTags(of: sequence, fields)
        sequence.zone = report.value(fields, "timezone", ZoneParser.parse)
        sequence.quiet = report.value(fields, "quiet", QuietParser.parse)
        var settings = SettingsReader(fields, report: report)
        sequence.again = context.again
        sequence.pauseOnHuman = settings.readPause()
        sequence.purpose = context.purpose
        sequence.pages = settings.readPages()
        sequence.via = settings.readVia()
        sequence.days = settings.readDays()
        sequence.late = settings.readLate()
        sequence.gap = settings.readGap()
        sequence.onEdit = settings.readWord("on_edit", .follow)
        sequence.extend = settings.readWord("extend", .active)
        report = settings.report
        warnAboutPersona(of: sequence, fields)
        return sequence
    }

    /// Warns about a persona for several pages: it belongs to one page, and the platform refuses it on the others.
    private mutating func warnAboutPersona(of sequence: DripSequence, _ fields: Fields) {
        guard let pages = sequence.pages, pages.count > 1, sequence.steps.contains(where: { $0.persona != nil }) else {
            return
        }
        report.warning(
            "a persona belongs to one page, and this sequence is for \(pages.count): set 'persona' for each page in dripd.yaml",
            at: fields.place(of: "pages")
        )
    }

    /// Warns about a tag that starts and stops the sequence: people whom it enrolled have it already and cannot get it again.
    private mutating func warnAboutTags(of sequence: DripSequence, _ fields: Fields) {
        for case .tag(let tag) in sequence.stop where sequence.start.contains(.tag(tag)) {
            report.warning(
                "tag '\(tag)' also starts this sequence: it cannot stop the people whom it enrolled",
                at: fields.place(of: "stop")
            )
        }
    }

    private mutating func readSteps(_ fields: Fields, _ context: StepContext) -> [Move] {
        var reader = StepReader(context: context, report: report)
        let entries = reader.readEntries(fields)
        steps = entries?.compactMap { reader.read($0) } ?? []
        report = reader.report
        StepOrder(steps).check(&report)
        var moves = MovedReader(report: report)
        // Moves cannot be checked without the steps.
        let moved = entries == nil ? [] : moves.read(fields, steps: reader.names)
        report = moves.report
        return moved
    }
}
