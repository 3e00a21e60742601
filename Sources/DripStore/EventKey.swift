import Crypto
import DripCore
import Foundation

/// The key of an event as a hash, salted by the database's own name: it recognises a copy of the event and tells nothing of
/// anybody.
struct EventKey {
    let lane: LaneID
    let instance: String

    func hash(of key: String) -> String {
        SHA256.hash(data: Data("event/\(instance)/\(lane.rawValue)/\(key)".utf8)).prefix(16).map { byte in
            byte < 16 ? "0" + String(byte, radix: 16) : String(byte, radix: 16)
        }.joined()
    }
}
