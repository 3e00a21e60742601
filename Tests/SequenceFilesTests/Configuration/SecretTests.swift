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
        let (value, warnings) = try Secret.file(path: path).read(environment: [:])
        #expect(value.revealed == "s3cret")
        #expect(warnings == [])
    }

    @Test func `a credential lies where systemd puts it, and an environment's variable in it`() throws {
        try folder.write("page_token", "EAAB\n", mode: 0o444)
        let (value, warnings) = try Secret.credential(name: "page_token").read(
            environment: ["CREDENTIALS_DIRECTORY": folder.path]
        )
        #expect(value.revealed == "EAAB")
        #expect(warnings == [])
        #expect(try Secret.environment(name: "TOKEN").read(environment: ["TOKEN": "EAAC"]).value.revealed == "EAAC")
    }

    @Test func `a file that everybody may read is warned about`() throws {
        let path = try folder.write("secret", "x", mode: 0o644)
        let warnings = try Secret.file(path: path).read(environment: [:]).warnings
        #expect(
            warnings.map { $0.replacing(folder.path, with: "T") }
                == ["T/secret may be read by every user on this machine: chmod o= it"]
        )
    }

    @Test func `in a folder that others may not enter, a file is read by nobody else`() throws {
        try folder.makeFolder("secrets")
        let path = try folder.write("secrets/secret", "x", mode: 0o644)
        #expect(chmod(folder.path + "/secrets", 0o700) == 0)
        #expect(try Secret.file(path: path).read(environment: [:]).warnings == [])
        // Others may pass a folder without being able to list it.
        #expect(chmod(folder.path + "/secrets", 0o711) == 0)
        #expect(try Secret.file(path: path).read(environment: [:]).warnings != [])
        #expect(chmod(folder.path, 0o700) == 0)
        #expect(try Secret.file(path: path).read(environment: [:]).warnings == [])
    }

    private func warnings(_ name: String) throws -> [String] {
        try Secret.file(path: folder.path + "/" + name).read(environment: [:]).warnings.map {
            $0.replacing(folder.path, with: "T")
        }
    }

    @Test func `a file that anybody may write is no secret`() throws {
        try folder.write("secret", "x", mode: 0o602)
        #expect(
            try failure(.file(path: folder.path + "/secret"))
                == "secret {file: T/secret}: T/secret may be written by every user on this machine: chmod o= it, and "
                + "renew the secret"
        )
        #expect(chmod(folder.path, 0o700) == 0)
        #expect(try warnings("secret") == [])
    }

    @Test func `who else may change a secret is said`() throws {
        try folder.write("group", "x", mode: 0o660)
        #expect(try warnings("group") == ["T/group may be written by the group \(getegid()): chmod g-w it"])
        try folder.makeFolder("shared")
        try folder.write("shared/secret", "x")
        #expect(chmod(folder.path + "/shared", 0o770) == 0)
        #expect(
            try warnings("shared/secret") == [
                "T/shared may be written by others, who may replace T/shared/secret: chmod go-w it"
            ]
        )
        // As /tmp is: others rename their own files alone.
        #expect(chmod(folder.path + "/shared", 0o1777) == 0)
        #expect(try warnings("shared/secret") == [])
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give a file to another user"))
    func `a secret of another user is said`() throws {
        let path = try folder.write("secret", "x")
        #expect(chown(path, 61_234, 0) == 0)
        #expect(
            try warnings("secret") == ["T/secret belongs to another user (61234), who may read and change it: chown it"]
        )
    }

    @Test func `a secret that git has, or will have, is said`() throws {
        for name in [".git", ".git/info", "secrets", "other"] { try folder.makeFolder(name) }
        try folder.write("secrets/token", "x")
        try folder.write("other/token", "x")
        try folder.write("top.key", "x")
        let open = { (name: String) in
            "T/\(name) is in a git working copy, which does not ignore it: add it to .gitignore"
        }
        #expect(try warnings("secrets/token") == [open("secrets/token")])
        for ignored in ["secrets/", "secrets/*", "/secrets", "token", "secrets/**", "*ken\n!README", "# x\n\nsecrets"] {
            try folder.write(".gitignore", ignored + "\n")
            #expect(try warnings("secrets/token") == [], "\(ignored)")
        }
        for open in ["token/", "/token", "secret", "secrets/*\n!secrets/token", "#secrets/", "other/*"] {
            try folder.write(".gitignore", open + "\n")
            #expect(try warnings("secrets/token").count == 1, "\(open)")
        }
        try folder.write(".gitignore", "")
        try folder.write("other/.gitignore", "*\n")
        try folder.write(".git/info/exclude", "*.key\n")
        #expect(try warnings("other/token") == [])
        #expect(try warnings("top.key") == [])
        try folder.write(
            ".git/index",
            "DIRC..\u{0}\u{d}secrets/token\0..\u{0}\u{b}top.key.old\0..\u{0}\u{b}old/top.key\0"
        )
        try folder.write(".gitignore", "secrets/\n")
        #expect(
            try warnings("secrets/token")
                == ["T/secrets/token is in git, and in every copy of it: git rm --cached it, and renew the secret"]
        )
        #expect(try warnings("top.key") == [])
    }

    @Test func `a secret in the environment is said`() throws {
        let warnings = try Secret.environment(name: "TOKEN").read(environment: ["TOKEN": "EAAC"]).warnings
        #expect(
            warnings == [
                "secret {env: TOKEN} is in the environment, which other processes of this user may read: {file: …} is safer"
            ]
        )
    }

    @Test func `words that are easily guessed`() {
        let looks = "the app secret does not look like one"
        for secret in ["trial", "0123456789abcdef0123456789abcde", "0123456789abcdef0123456789abcdeg", "EAAB"] {
            #expect(SecretStrength.warning(appSecret: secret)?.hasPrefix(looks) == true, "\(secret)")
        }
        #expect(SecretStrength.warning(appSecret: "0123456789abcdef0123456789ABCDEF") == nil)
        for token in ["", "verify", "secretword1", "aaaaaaaaaaaaaaaa", "abababababababab"] {
            #expect(SecretStrength.warning(verifyToken: token) != nil, "\(token)")
        }
        #expect(SecretStrength.warning(verifyToken: "4f1d2c9a7b3e") == nil)
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
                == "secret {credential: token}: T/token: no such file; the unit needs LoadCredential=token:PATH"
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
