import DripCore
import DripStore
import TestSupport

/// The platform's log.
extension Checker {
    /// Nothing may be refused for what the program can know: it does not know who has blocked the page, what becomes of its token,
    /// or that the page is restricted.
    func checkRefusals() throws {
        for refusal in world.platform.refused where !refusal.isInjected {
            switch (refusal.code, refusal.subcode) {
            case (551, _), (190, _), (10, 1_893_063): continue
            // Nor that a comment has had its reply, where only the state before a restore knew: to try harms nobody.
            case (10_900, _) where isReplyUndone(refusal.key): continue
            // Nor what the platform thinks of a template now.
            case (100, _) where refusal.isOfTemplate: continue
            default:
                throw failure(
                    refusal.person,
                    "the platform refused \(refusal.key) with \(refusal.code)/\(refusal.subcode ?? 0)"
                )
            }
        }
    }

    /// Whether the platform took a message of this enrollment that a restore has undone.
    private func isReplyUndone(_ key: String) -> Bool {
        guard let enrollment = DeliveryKey(key)?.enrollment else { return false }
        return world.platform.accepted.contains {
            DeliveryKey($0.key)?.enrollment == enrollment && world.isUndone($0.messageID)
        }
    }

    /// Nothing twice, by the key that the message carried.
    mutating func collect() throws {
        for message in world.platform.accepted where !world.isUndone(message.messageID) {
            guard let key = DeliveryKey(message.key), let way = wayByID[key.enrollment.rawValue] else {
                throw failure(message.person, "a message of no enrollment: '\(message.key)'")
            }
            let part = Part(way: way.id, identity: try identity(key.step, way), part: key.part)
            accepted[part, default: []].append(message)
            if accepted[part]?.count ?? 0 > 1 {
                throw failure(message.person, "sent twice: part \(part.part) of \(key.step) of \(way.sequence)")
            }
        }
    }

    /// Nothing twice, by what the person read: whatever the program thinks that it was.
    func checkTexts() throws {
        var counts: [String: Int] = [:]
        // Of whoever commented without a name, the platform's log knows another address.
        let nameless = ways.count { $0.address.hasPrefix("comment:") }
        for message in world.platform.accepted {
            guard let token = message.text?.split(separator: " ").first, token.contains("#") else { continue }
            let sequence = String(token.prefix { $0 != "#" })
            counts["\(message.person) \(token)", default: 0] += 1
            let rounds =
                (waysByPerson[message.person] ?? []).count { $0.sequence == sequence } + nameless
                + undoneStarts(message.person, sequence)
            if counts["\(message.person) \(token)"] ?? 0 > rounds {
                throw failure(message.person, "\(token) arrived more often than the \(rounds) times that it may")
            }
        }
    }

    /// What a person did, or the operator for them, that the state before a restore knew: it may have begun ways of which
    /// nothing is left. Where a walk has found it again it begins its way again, unless the file is gone by then, or it was a
    /// tap, of which the conversation shows no more than the word.
    private func undoneStarts(_ person: String, _ sequence: String) -> Int {
        guard !world.restores.isEmpty else { return 0 }
        let tagged = world.tagged.count { tag in
            tag.person == person && world.restores.contains { $0.from <= tag.at && tag.at <= $0.until }
        }
        let anchors = Set((waysByPerson[person] ?? []).filter { $0.sequence == sequence }.map(\.anchor))
        return tagged
            + (factsByPerson[person] ?? []).count { fact in
                fact.wasUndone && !(fact.taken != nil && fact.believed.map(anchors.contains) ?? false)
            }
    }

    /// Everything that the platform took is in the ledger as sent, or as what the program cannot know better.
    mutating func checkAccepted() throws {
        for (part, messages) in accepted.sorted(by: { ($0.key.way, $0.key.identity) < ($1.key.way, $1.key.identity) }) {
            guard let way = wayByID[part.way], let message = messages.first else { continue }
            let what = "\(message.key) was accepted, but"
            if let row = try way.deliveries.first(where: { try identity($0.step, way) == part.identity }) {
                switch row.state {
                case "sent": continue
                case _ where part.part < row.part: continue
                case "in_doubt" where world.echoed[message.key] == nil:
                    summary.unheard += 1
                    continue
                case "skipped" where world.decisions[message.key] == .skip: continue
                // Ended between two parts.
                case "skipped" where row.part == part.part && row.messageIDs.contains(message.messageID): continue
                // In the operator's word, who does not know its name.
                case "skipped" where world.decisions[message.key] == .sent: continue
                default: throw failure(message.person, "\(what) the ledger says \(row.state) \(row.reason ?? "")")
                }
            }
            guard let job = way.job, try identity(job.step, way) == part.identity, job.part > part.part else {
                throw failure(message.person, "\(what) the ledger does not say so")
            }
        }
    }
}
