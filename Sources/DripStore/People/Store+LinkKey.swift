package import Foundation
import GRDB

extension Store {
    /// Returns the key of the links to the public pages. It is made once, and links already sent need it.
    package func linkKey() async throws -> Data {
        try await write { db in
            let new = Data((0..<32).map { _ in UInt8.random(in: .min ... .max) }).base64EncodedString()
            try db.run("INSERT INTO meta (name, value) VALUES ('link_key', ?) ON CONFLICT (name) DO NOTHING", [new])
            let known: String? = try db.first("SELECT value FROM meta WHERE name = 'link_key'", []) { $0[0] }
            return Data(base64Encoded: known ?? new) ?? Data()
        }
    }
}
