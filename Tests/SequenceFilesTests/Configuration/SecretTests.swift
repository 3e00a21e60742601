import Glibc
import Testing

@testable import SequenceFiles

struct SecretTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func failure(_ secret: Secret, _ environment: [String: String] = [:]) throws -> String {
        let error = try #require(throws: SecretError.self) { try secret.read(environment: environment) }
        return error.description.replacing(folder.path, with: "T")
    }

    @Test(arguments: ["s3cret", "s3cret\n", "s3cret\r\n"])
    func `a secret is its file's text without the line's end`(content: String) throws {
        let path = try folder.write("secret", content)
        let (value, warning) = try Secret.file(path: path).read(environment: [:])
        #expect(value.revealed == "s3cret")
        #expect(warning == nil)
    }

    @Test func `a credential lies where systemd puts it, and an environment's variable in it`() throws {
        try folder.write("page_token", "EAAB\n", mode: 0o444)
        let (value, warning) = try Secret.credential(name: "page_token").read(
            environment: ["CREDENTIALS_DIRECTORY": folder.path]
        )
        #expect(value.revealed == "EAAB")
        #expect(warning == nil)
        #expect(try Secret.environment(name: "TOKEN").read(environment: ["TOKEN": "EAAC"]).value.revealed == "EAAC")
    }

    @Test func `a file that everybody may read is warned about`() throws {
        let path = try folder.write("secret", "x", mode: 0o644)
        let warning = try Secret.file(path: path).read(environment: [:]).warning
        #expect(
            warning?.replacing(folder.path, with: "T")
                == "T/secret may be read by everybody on this machine: chmod o= it"
        )
    }

    @Test func `in a folder that others may not enter, a file is read by nobody else`() throws {
        try folder.makeFolder("secrets")
        let path = try folder.write("secrets/secret", "x", mode: 0o644)
        #expect(chmod(folder.path + "/secrets", 0o700) == 0)
        #expect(try Secret.file(path: path).read(environment: [:]).warning == nil)
        // Others may pass a folder without being able to list it.
        #expect(chmod(folder.path + "/secrets", 0o711) == 0)
        #expect(try Secret.file(path: path).read(environment: [:]).warning != nil)
        #expect(chmod(folder.path, 0o700) == 0)
        #expect(try Secret.file(path: path).read(environment: [:]).warning == nil)
    }

    @Test(arguments: ["", "\n", "\r\n"])
    func `a credential whose file systemd did not find is named`(content: String) throws {
        try folder.write("page_token", content)
        #expect(
            try failure(.credential(name: "page_token"), ["CREDENTIALS_DIRECTORY": folder.path])
                == "secret {credential: page_token}: the file that LoadCredential=page_token:PATH names in the unit is missing or "
                + "empty (`systemctl cat dripd` shows it): write the secret into it, mode 0600, then systemctl restart dripd"
        )
    }

    @Test func `what cannot be a secret says where it was looked for and what to do`() throws {
        let folder = folder.path
        #expect(
            try failure(.file(path: folder + "/gone"))
                == "secret {file: T/gone}: T/gone: no such file; create it, with nothing but the secret in it"
        )
        #expect(try failure(.file(path: folder)) == "secret {file: T}: T: is a folder, not a file")
        #expect(
            try failure(.credential(name: "token"))
                == "secret {credential: token}: $CREDENTIALS_DIRECTORY is not set: start dripd by systemd, with "
                + "LoadCredential=token:PATH in the unit"
        )
        #expect(
            try failure(.credential(name: "token"), ["CREDENTIALS_DIRECTORY": folder])
                == "secret {credential: token}: T/token: no such file; LoadCredential=token:PATH must stand in the unit"
        )
        #expect(
            try failure(.environment(name: "TOKEN")) == "secret {env: TOKEN}: the environment variable is not set"
        )
        #expect(try failure(.environment(name: "TOKEN"), ["TOKEN": "\n"]) == "secret {env: TOKEN}: is empty")
        #expect(
            try failure(.environment(name: "TOKEN"), ["TOKEN": "a\nX-Header: b"])
                == "secret {env: TOKEN}: holds a space, a line break or a character outside ASCII: it must be one word"
        )
    }

    @Test func `a secret has at most 64 KiB`() throws {
        let limit = String(repeating: "x", count: 64 * 1024)
        #expect(try Secret.environment(name: "A").read(environment: ["A": limit]).value.revealed == limit)
        #expect(try failure(.environment(name: "A"), ["A": limit + "x"]) == "secret {env: A}: larger than 64 KiB")
        let path = try folder.write("large", limit + "x")
        #expect(try failure(.file(path: path)) == "secret {file: T/large}: T/large: is larger than 64 KiB")
    }

    @Test func `a value shows itself to nobody who does not ask`() {
        let value = SecretValue("EAAB")
        #expect("\(value)" == "<secret>")
        #expect(String(reflecting: value) == "<secret>")
        #expect("\(["token": value])" == #"["token": <secret>]"#)
        var dumped = ""
        dump((name: "page", token: value), to: &dumped)
        #expect(!dumped.contains("EAAB"))
    }
}
