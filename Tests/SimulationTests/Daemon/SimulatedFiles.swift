import DripCore
import Foundation
import TestSupport

/// A folder of sequence files, one of which gets random edits, and the history of all of them.
final class SimulatedFiles {
    /// A version of a file that was in force.
    struct Version {
        let sequence: String
        /// Nil if the file was deleted.
        var steps: [EditModel.ModelStep]?
        /// By the daemon's clock.
        var since: Instant
        /// The hash of its bytes in the program.
        var hash: String?
        var pins = false
    }

    static let edited = "edited"
    /// How much earlier than due a step may be sent.
    static let pull: [String: Milliseconds] = ["care day": .minutes(30)]
    /// How long a step may wait for its person.
    static let patience: [String: Milliseconds] = ["care week": .days(2), "care month": .days(3)]

    /// The steps that are sent as a template if the window is closed.
    static let utility: Set<String> = ["order sent", "order review"]

    private let directory: TemporaryDirectory
    private var script: EditScript?
    private(set) var versions: [Version] = []
    private var pending: [String: [EditModel.ModelStep]?] = [:]

    var path: String { directory.path }

    /// - Parameter edits: whether there is a file that gets edits.
    init(random: SeededRandom, edits: Bool) throws {
        directory = try TemporaryDirectory()
        script = edits ? EditScript(sequence: Self.edited, random: random) : nil
        for (name, text) in Self.fixed { try write(name, text) }
        for name in Self.fixedSteps.keys.sorted() { pending[name] = Self.fixedSteps[name] }
        try writeEdited()
    }

    /// Edits the file.
    /// - Returns: a description of the edit.
    func edit() throws -> String {
        let what = script?.edit() ?? "nothing"
        try writeEdited()
        return what
    }

    /// Records that the files on disk are in force now.
    func adopted(_ hashes: [String: String], at now: Instant) {
        for name in pending.keys.sorted() {
            guard let steps = pending[name] else { continue }
            let pins = name == Self.edited && script?.version.pins == true
            versions.append(Version(sequence: name, steps: steps, since: now, hash: hashes[name], pins: pins))
        }
        pending = [:]
    }

    /// Returns the identity of a step by any name that it has had. In the fixed files, it is the step's number.
    func identity(of step: String, in sequence: String) -> Int? {
        if sequence == Self.edited { return script?.identity(of: step) }
        return Self.fixedSteps[sequence]?.first { $0.name == step }?.identity
    }

    private func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name).yaml"))
    }

    private func writeEdited() throws {
        guard let script else { return }
        pending[Self.edited] = .some(script.current?.steps)
        guard script.current != nil else {
            try? FileManager.default.removeItem(atPath: "\(path)/\(Self.edited).yaml")
            return
        }
        try write(Self.edited, script.yaml)
    }

    private static func step(_ identity: Int, _ name: String, _ count: Int, _ unit: Offset.Unit) -> EditModel.ModelStep
    {
        EditModel.ModelStep(identity: identity, name: name, after: Offset(count, unit), text: name)
    }

    private static let fixedSteps: [String: [EditModel.ModelStep]] = [
        "care": [
            step(1, "hello", 15, .minute), step(2, "day", 1, .day), step(3, "week", 1, .week),
            step(4, "fortnight", 15, .day), step(5, "month", 1, .month),
        ],
        "advice": [step(1, "first", 1, .minute), step(2, "second", 2, .hour), step(3, "third", 20, .hour)],
        "gift": [step(1, "soon", 30, .minute), step(2, "later", 10, .hour), step(3, "last", 3, .day)],
        "order": [step(1, "thanks", 1, .hour), step(2, "sent", 2, .day), step(3, "review", 6, .day)],
        "game": [step(1, "reply", 1, .minute), step(2, "reminder", 20, .hour)],
    ]

    /// Texts begin with the step's identity, by which the checker reads the platform's log independently of dripd's records.
    private static let fixed: [(name: String, text: String)] = [
        (
            "care",
            """
            sequence: care
            title: care
            start: [first_message]
            steps:
              - step: hello
                after: 15 min
                text: "care#1 {{Chào|Xin chào}}, đây là shop"
                quick_replies: [{title: Có, tag: interested}, {title: Không, stop: true}]
              - step: day
                after: 1 day
                pull_into_window: 30 min
                text: "care#2 một ngày"
              - step: week
                after: 1 week
                outside_window: [wait: 2 days]
                text: "care#3 một tuần"
                buttons: [{title: Tư vấn, start: advice}, {title: Quà, tag: interested}]
              - step: fortnight
                after: 15 days
                text: "care#4 nửa tháng"
              - step: month
                after: 1 month
                outside_window: [wait: 3 days]
                text: "care#5 một tháng"

            """
        ),
        (
            "advice",
            """
            sequence: advice
            title: advice
            start: [{ref: advice}, {message: ["tư vấn"]}]
            again: always
            late: {after: 6 h, then: skip}
            steps:
              - step: first
                after: 1 min
                text: "advice#1 ảnh"
                images: ["https://example.com/a.jpg"]
              - step: second
                after: 2 h
                text: "advice#2 ảnh và phim"
                images: ["https://example.com/a.jpg", "https://example.com/b.jpg"]
                video: "https://example.com/c.mp4"
              - step: third
                after: 20 h
                text: "advice#3 hết"

            """
        ),
        (
            "gift",
            """
            sequence: gift
            title: gift
            start: [{tag: interested}]
            stop: [replied]
            quiet: 21:30-08:00
            pause_on_human: 2 h
            steps:
              - step: soon
                after: 30 min
                text: "gift#1 quà"
              - step: later
                after: 10 h
                text: "gift#2 quà"
              - step: last
                after: 3 days
                text: "gift#3 quà"

            """
        ),
        (
            "order",
            """
            sequence: order
            title: order
            purpose: transaction
            start: [{tag: ordered}]
            again: always
            steps:
              - step: thanks
                after: 1 h
                text: "order#1 cảm ơn"
              - step: sent
                after: 2 days
                text: "order#2 đơn của bạn đã gửi"
                outside_window: [utility: {template: order_sent, language: vi}]
              - step: review
                after: 6 days
                text: "order#3 bạn thấy sao"
                outside_window: [utility: {template: order_review, language: vi}, wait: 1 day]

            """
        ),
        (
            "game",
            """
            sequence: game
            title: game
            start: [{comment: {contains: ["đã share"]}}]
            steps:
              - step: reply
                after: 1 min
                text: "game#1 mã của bạn"
              - step: reminder
                after: 20 h
                text: "game#2 nhắc"

            """
        ),
    ]
}

extension EditScript {
    /// The file's YAML text. Texts begin with the step's identity.
    fileprivate var yaml: String {
        var lines = ["sequence: \(sequence)", "title: \(sequence)", "start: [first_message]"]
        lines.append("late: {after: 24 h, then: \(version.skipsLate ? "skip" : "send")}")
        lines.append("on_edit: \(version.pins ? "pin" : "follow")")
        lines.append("extend: \(version.extendsFinished ? "finished" : "active")")
        let moves = dripSequence.moved.map { "{from: \($0.from), to: \($0.to)}" }
        if !moves.isEmpty { lines.append("moved: [\(moves.joined(separator: ", "))]") }
        lines.append("steps:")
        for step in version.steps {
            lines.append("  - step: \(step.name)")
            lines.append("    after: \(step.after.count) \(step.after.unit)")
            if let at = step.at {
                let (hours, minutes) = (String(at / 60 + 100).dropFirst(), String(at % 60 + 100).dropFirst())
                lines.append("    at: \"\(hours):\(minutes)\"")
            }
            lines.append("    text: \"\(sequence)#\(step.identity) \(step.text)\"")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
