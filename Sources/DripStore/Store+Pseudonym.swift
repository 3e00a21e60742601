import Crypto
package import DripCore
import Foundation

extension Store {
    /// What the log calls a person: the same in every line, and nobody who reads the log learns from it who it is.
    package func pseudonym(of person: Person) -> String {
        pseudonym(page: person.page, address: person.address)
    }

    func pseudonym(page: String, address: String) -> String {
        Self.pseudonym(page: page, address: address, instance)
    }

    static func pseudonym(page: String, address: String, _ instance: String) -> String {
        // The instance is in the database alone: without it, nobody can try out addresses.
        SHA256.hash(data: Data("log/\(instance)/\(page)/\(address)".utf8)).prefix(8).hexadecimal
    }
}
