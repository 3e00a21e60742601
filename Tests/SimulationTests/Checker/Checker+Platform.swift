import ControlAPI
import DripCore
import DripStore
import TestSupport

/// Checks of the platform's log.
extension Checker {
    /// Checks that the platform refused no message for a reason that the program can know. It cannot know that a person blocked
    /// the page, that the token expired, or that the page is restricted.
    func checkRefusals() throws {
        for refusal in world.platform.refused where !refusal.isInjected {
            switch (refusal.code, refusal.subcode) {
            case (551, _), (190, _), (10, 1_893_063): continue
            // Nor that a comment has had its reply if only the state before a restore knew; the attempt is harmless.
            case (10_900, _) where isReplyUndone(refusal.key): continue
            // Nor the current status of a template.
            case (100, _) where refusal.isOfTemplate: continue
            default:
                throw failure(
                    refusal.person,
                    "the platform refused \(refusal.key) with \(refusal.code)/\(refusal.subcode ?? 0)"
                )
            }
        }
    }

    /// Whether the platform accepted a message of this enrollment that a restore has undone.
    private func isReplyUndone(_ key: String) -> Bool {
        guard let enrollment = DeliveryKey(key)?.enrollment else { return false }
        return world.platform.accepted.contains {
            DeliveryKey($0.key)?.enrollment == enrollment && world.isUndone($0.messageID)
        }
    }

    /// Checks that nothing was sent twice, by the key in each message.
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

    /// Checks that nothing was sent twice, by the texts that arrived, regardless of the program's own records.
    func checkTexts() throws {
        var counts: [String: Int] = [:]
        // For anonymous comments, the platform's log has another address.
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

    /// Returns the number of actions, by a person or the operator, that only the state before a restore knew. They may have
    /// started enrollments that no longer exist. An action that a sync finds again starts its enrollment again, unless its file
    /// is deleted by then, or the action was a tap, which the conversation shows only as text.
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

    /// Checks that every message that the platform accepted is recorded as sent, or as another state if the program cannot know.
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
                // The enrollment ended between two parts.
                case "skipped" where row.part == part.part && row.messageIDs.contains(message.messageID): continue
                // The operator said that it was sent, without its message id.
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
