import DripCore

/// The plan of a run. It is complete before the run starts.
extension World {
    func plan() {
        let end = Self.beginning + scenario.days * Self.day
        for number in 1...scenario.people { planPerson("p\(number)", end) }
        func anyTime() -> Int64 { between(Self.beginning + Self.minute, end) }
        for _ in 0..<scenario.crashes {
            let ways: [SimulatedEvent] = [.crash, .crashInFlight, .armedCrash(commits: Int(between(0, 12)))]
            agenda.add(ways.randomElement(using: &random) ?? .crash, at: anyTime())
        }
        for _ in 0..<scenario.outages { agenda.add(.crash, at: anyTime()) }
        for (trouble, count) in [
            (Trouble.fullDisk, scenario.fullDisks), (.deadToken, scenario.deadTokens),
            (.restricted, scenario.restrictions),
        ] {
            for _ in 0..<count {
                let start = anyTime()
                agenda.add(.trouble(trouble), at: start)
                agenda.add(.end(trouble), at: start + between(Self.minute, 8 * Self.hour))
            }
        }
        for _ in 0..<scenario.clockSteps {
            // The program does not promise to handle a step back by more than `StandardWindow.margin`.
            let target = Bool.random(using: &random) ? between(-4 * Self.minute, 0) : between(0, 5 * Self.hour)
            let start = anyTime()
            agenda.add(.setClock(Milliseconds(target)), at: start)
            agenda.add(.setClock(.zero), at: start + between(1000, 12 * Self.hour))
        }
        for _ in 0..<scenario.edits { agenda.add(.edit, at: anyTime()) }
        for _ in 0..<scenario.orders { agenda.add(.operate, at: anyTime()) }
        for _ in 0..<scenario.reviews { agenda.add(.review, at: anyTime()) }
        for _ in 0..<scenario.restores {
            let start = anyTime()
            agenda.add(.backup, at: start)
            agenda.add(.restore(byHand: Bool.random(using: &random)), at: start + between(Self.minute, 2 * Self.day))
        }
    }

    func planPerson(_ person: String, _ end: Int64) {
        let span = end - Self.beginning
        var time = Self.beginning + between(1000, max(span * 3 / 5, 2000))
        let commentsFirst = chance(0.15)
        agenda.add(
            .act(commentsFirst ? .comment(isAnonymous: chance(0.3)) : .write(greeting()), person: person),
            at: time
        )
        while true {
            switch between(0, 9) {
            case 0...2: time += between(1000, 2 * Self.hour)
            case 3...6: time += between(Self.hour, scenario.isTalkative ? 22 * Self.hour : 60 * Self.hour)
            default: time += between(Self.hour, scenario.isTalkative ? 30 * Self.hour : 10 * Self.day)
            }
            guard time < end else { return }
            agenda.add(.act(act(), person: person), at: time)
        }
    }

    func greeting() -> String {
        ["xin chào", "alo shop 👋", "giá bao nhiêu \"vậy\"?", "0912345678", "a/b\\c"].randomElement(using: &random) ?? ""
    }

    func act() -> Act {
        switch between(0, 99) {
        case 0...1: .optOut(["dừng", "STOP", "Huỷ đăng ký"].randomElement(using: &random) ?? "stop")
        case 2...7: .follow(ref: Bool.random(using: &random) ? "advice" : "nobody")
        case 8...15: .tap(["Có", "Tư vấn", "Quà"].randomElement(using: &random) ?? "Có")
        case 16: .tap("Không")
        case 17...20: .react
        case 21...25: .comment(isAnonymous: chance(0.2))
        case 26...27: .block
        case 28...33: .answeredByTeam
        case 34...37: .write("tư vấn")
        default: .write(greeting())
        }
    }
}
