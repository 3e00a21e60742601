package import DripCore

/// A sequence file with random edits. Every version passes `dripd check`.
package struct EditScript {
    package let sequence: String
    package private(set) var version: EditModel.Version
    /// All names of each step, oldest first; the last is its current name.
    private var names: [Int: [String]] = [:]
    private var removed: [EditModel.ModelStep] = []
    private var random: SeededRandom
    private var count = 0
    package private(set) var isDeleted = false

    package init(sequence: String, random: SeededRandom) {
        self.sequence = sequence
        self.random = random
        version = EditModel.Version(number: 1, steps: [])
        for _ in 0..<Int.random(in: 1...5, using: &self.random) { add() }
        version.pins = Int.random(in: 0..<4, using: &self.random) == 0
        version.extendsFinished = Int.random(in: 0..<4, using: &self.random) == 0
    }

    /// The current file; nil while it is deleted.
    package var current: EditModel.Version? { isDeleted ? nil : version }

    /// Returns the identity of a step by any name that it has had.
    package func identity(of name: String) -> Int? {
        names.first { $0.value.contains(name) }?.key
    }

    /// Makes one to three changes at once, like a pull request.
    /// - Returns: a description of the changes, for failure messages.
    package mutating func edit() -> String {
        version.number += 1
        if isDeleted {
            isDeleted = false
            guard Bool.random(using: &random) else { return "back" }
            return "back, " + change()
        }
        if Int.random(in: 0..<10, using: &random) == 0 {
            isDeleted = true
            return "deleted"
        }
        return (0..<Int.random(in: 1...3, using: &random)).map { _ in change() }.joined(separator: ", ")
    }

    private mutating func change() -> String {
        let index = Int.random(in: 0..<version.steps.count, using: &random)
        let name = version.steps[index].name
        switch Int.random(in: 0..<14, using: &random) {
        case 0, 1, 2: return "add " + add()
        case 3, 4:
            guard version.steps.count > 1 else { return "nothing" }
            removed.append(version.steps.remove(at: index))
            return "remove \(name)"
        case 5, 6:
            let (after, at) = time()
            version.steps[index].after = after
            version.steps[index].at = at
            return "retime \(name) to \(after) \(at ?? -1)"
        case 7:
            let other = Int.random(in: 0..<version.steps.count, using: &random)
            let (first, second) = (version.steps[index], version.steps[other])
            (version.steps[index].after, version.steps[index].at) = (second.after, second.at)
            (version.steps[other].after, version.steps[other].at) = (first.after, first.at)
            return "swap \(name) and \(second.name)"
        case 8:
            version.steps[index].name = fresh()
            names[version.steps[index].identity, default: []].append(version.steps[index].name)
            return "rename \(name) to \(version.steps[index].name)"
        case 9:
            let old = version.steps[index]
            removed.append(old)
            version.steps[index] = make(old.after, old.at)
            return "rename \(name) to \(version.steps[index].name), and say nothing"
        case 10:
            guard !removed.isEmpty else { return "nothing" }
            let back = removed.remove(at: Int.random(in: 0..<removed.count, using: &random))
            if version.steps.contains(where: { $0.position == back.position }) {
                removed.append(back)
                return "nothing"
            }
            version.steps.append(back)
            return "bring back \(back.name)"
        case 11:
            version.steps[index].text = "\(name), version \(version.number)"
            return "text of \(name)"
        case 12:
            version.pins.toggle()
            return version.pins ? "pin" : "follow"
        default:
            if Bool.random(using: &random) {
                version.extendsFinished.toggle()
                return version.extendsFinished ? "extend finished" : "extend active"
            }
            version.skipsLate.toggle()
            return version.skipsLate ? "late skip" : "late send"
        }
    }

    @discardableResult
    private mutating func add() -> String {
        let (after, at) = time()
        let step = make(after, at)
        version.steps.append(step)
        return "\(step.name) at \(after) \(at ?? -1)"
    }

    private mutating func make(_ after: Offset, _ at: Int?) -> EditModel.ModelStep {
        let name = fresh()
        names[count] = [name]
        return EditModel.ModelStep(identity: count, name: name, after: after, at: at, text: name)
    }

    private mutating func fresh() -> String {
        count += 1
        return "s\(count)"
    }

    /// Returns a random time that no other step has.
    private mutating func time() -> (Offset, Int?) {
        while true {
            let (unit, most) =
                [
                    (Offset.Unit.second, 90), (.minute, 120), (.minute, 120), (.hour, 30), (.day, 10), (.day, 10),
                    (.week, 3),
                    (.month, 2),
                ].randomElement(using: &random) ?? (.day, 1)
            let after = Offset(Int.random(in: 1...most, using: &random), unit)
            let isCalendar = [.day, .week, .month].contains(unit)
            let at = isCalendar && Bool.random(using: &random) ? Int.random(in: 0..<1440, using: &random) : nil
            let step = EditModel.ModelStep(identity: 0, name: "", after: after, at: at, text: "")
            if !version.steps.contains(where: { $0.position == step.position }) { return (after, at) }
        }
    }

    /// The file as the program reads it.
    package var dripSequence: DripSequence {
        var made = DripSequence(
            id: sequence,
            title: sequence,
            start: [.firstMessage],
            steps: version.steps.map { step in
                Step.make(step.name, step.after, at: step.at, text: [.literal(step.text)])
            },
            hash: "\(sequence)-\(version.number)"
        )
        made.onEdit = version.pins ? .pin : .follow
        made.extend = version.extendsFinished ? .finished : .active
        made.late = LateRule(after: .hours(24), then: version.skipsLate ? .skip : .send)
        // The file does not mention steps that no longer exist.
        made.moved = version.steps.flatMap { step in
            let known = names[step.identity] ?? []
            return zip(known, known.dropFirst()).map { Move(from: $0, to: $1) }
        }
        return made
    }
}
