import DripCore
import Foundation
import Testing

struct ErrorTextTests {
    private struct SocketPathWrongType: Error {}
    private enum Trouble: Error {
        case diskFull
        case refusedBy(String)
    }
    private struct Worded: Error, CustomStringConvertible {
        let description = "the page is closed"
    }
    private struct Localized: LocalizedError {
        let errorDescription: String? = "the page is shut"
    }

    @Test func `what has words keeps them`() {
        #expect(ErrorDescription.words(Worded()) == "the page is closed")
        #expect(ErrorDescription.words(Localized()) == "the page is shut")
    }

    @Test func `the name of a type becomes words`() {
        #expect(ErrorDescription.words(SocketPathWrongType()) == "socket path wrong type")
        #expect(ErrorDescription.words(Trouble.diskFull) == "trouble: disk full")
        #expect(ErrorDescription.words(Trouble.refusedBy("x")) == "trouble: refused by")
        #expect(ErrorDescription.words(CancellationError()) == "it was interrupted")
    }

    @Test func `what the system says, and of which file`() throws {
        #expect(ErrorDescription.words(POSIXError(.ENOSPC)) == "no space left on device")
        let missing = #expect(throws: (any Error).self) { try Data(contentsOf: URL(filePath: "/nonexistent/file")) }
        #expect(ErrorDescription.words(try #require(missing)) == "/nonexistent/file: no such file or directory")
    }

    @Test(arguments: [
        ("{", "it is not JSON"), ("{}", "the value has no 'name'"),
        (#"{"name": 1}"#, "'name' has an unexpected type"),
        (#"{"name": null}"#, "'name' has no value"),
    ])
    func `JSON that does not fit`(_ text: String, _ words: String) throws {
        struct Named: Decodable { let name: String }
        let error = #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Named.self, from: Data(text.utf8))
        }
        #expect(ErrorDescription.words(try #require(error)) == words)
    }
}
