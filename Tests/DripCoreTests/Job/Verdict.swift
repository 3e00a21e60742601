import DripCore
import Foundation
import TestSupport

extension Admission {
    /// What becomes of a job of the sequence `care`.
    static func of(_ job: Job, at now: Instant, _ sequence: DripSequence) -> Admission {
        Catalog(zone: .hoChiMinh, sequences: [sequence]).admit(job, now: now)
    }

    /// In words: what is sent, by which permission.
    var sent: String? {
        guard case .send(let dispatch) = self else { return nil }
        let what =
            switch dispatch.message.content {
            case .text(let text, _): text
            case .images(let urls): "\(urls.count) images"
            case .video: "video"
            case .audio: "audio"
            case .file: "file"
            case .cards(let cards): "\(cards.count) cards"
            case .template(let template):
                ([template.name, template.language] + template.parameters.map { "\($0.name)=\($0.text)" })
                    .joined(separator: " ")
            case .ofChannel(let message):
                ([message.channel.rawValue] + message.fields.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
                    .joined(separator: " ")
            }
        return "\(dispatch.permission.rawValue): \(what)"
    }
}
