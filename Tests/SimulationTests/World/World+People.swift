import DripCore

/// Actions of people and the team.
extension World {
    func perform(_ act: Act, by person: String) {
        let at = now
        var fact = RecordedAction(person: person, at: Instant(milliseconds: now))
        let done: Bool
        switch act {
        case .write(let text), .optOut(let text):
            done = platform.write(person, name: "Person \(person)", text: text, ref: nil, now: at)
            (fact.opensWindow, fact.isReply, fact.isFirstMessage) = (true, true, true)
            if case .optOut = act { fact.isOptOut = true }
        case .follow(let ref):
            done = platform.write(person, name: "Person \(person)", text: nil, ref: ref, now: at)
            fact.opensWindow = true
            // A new person presses Get Started.
            fact.isReply = true
        case .tap(let title):
            done = platform.tap(title, by: person, now: at)
            (fact.opensWindow, fact.isReply, fact.isFirstMessage) = (true, true, title == "Có" || title == "Không")
            (fact.isOptOut, fact.isTap) = (title == "Không", true)
        case .react:
            done = platform.react(person, now: at)
            fact.opensWindow = true
        case .comment(let isAnonymous):
            done = platform.comment(
                "đã share nhé",
                by: person,
                name: "Person \(person)",
                isAnonymous: isAnonymous,
                now: at
            )
        case .block: done = platform.block(person)
        case .answeredByTeam:
            done = platform.operatorWrites("chào bạn", to: person, now: at)
            fact.isByTeam = true
        }
        guard done else { return }
        if fact.isFirstMessage || fact.isTap { fact.messageID = platform.lastMessageID(from: person) }
        note(person, "\(act)")
        facts.append(fact)
        post(fact: facts.count - 1)
    }
}
