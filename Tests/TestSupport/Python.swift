import ChildProcesses
import Foundation

/// Independent implementations of the formats that dripd writes, in Python.
///
/// `Scripts/install-needs tests` installs Python and, in `.build/tools/python`, the modules.
package enum Python {
    package struct Failed: Error, CustomStringConvertible {
        package let description: String
    }

    private static let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let interpreters = [project.path + "/.build/tools/python/bin/python3", "/usr/bin/python3"]

    /// Whether a Python on this machine has these modules.
    package static func has(_ modules: [String]) async -> Bool {
        await interpreter(with: modules) != nil
    }

    private static func interpreter(with modules: [String]) async -> String? {
        for path in interpreters where FileManager.default.isExecutableFile(atPath: path) {
            if (try? await output(of: path, ["-c", "import \(modules.joined(separator: ", "))"])) != nil {
                return path
            }
        }
        return nil
    }

    /// Runs a script that reads JSON from the file that its argument names and writes JSON.
    package static func run<Output: Decodable>(
        _ script: String,
        modules: [String],
        _ input: some Encodable,
        giving: Output.Type = Output.self
    ) async throws -> Output {
        guard let path = await interpreter(with: modules) else {
            throw Failed(description: "no Python with \(modules); run Scripts/install-needs tests")
        }
        let folder = try TemporaryDirectory()
        let file = folder.path + "/input"
        try JSONEncoder().encode(input).write(to: URL(filePath: file))
        return try await JSONDecoder().decode(Output.self, from: output(of: path, ["-c", script, file]))
    }

    private static func output(of path: String, _ arguments: [String]) async throws -> Data {
        let folder = try TemporaryDirectory()
        let (output, errors) = (folder.path + "/output", folder.path + "/errors")
        // -I: nothing of the environment or the user's own modules.
        let process = try ChildProcess(path, ["-I"] + arguments, output: output, errors: errors)
        guard await process.exit == .status(0) else {
            throw Failed(description: (try? String(contentsOfFile: errors, encoding: .utf8)) ?? "no output")
        }
        return try Data(contentsOf: URL(filePath: output))
    }
}

extension Python {
    /// Reads mails by Python's own `email`, which follows RFC 5322 and RFC 2045 strictly.
    package static let mailReader = #"""
        import base64, email, email.header, email.policy, email.utils, json, re, sys
        from html.parser import HTMLParser

        class Page(HTMLParser):
            def __init__(self):
                super().__init__(convert_charrefs=True)
                self.text, self.tags, self.targets = "", set(), []
            def handle_starttag(self, tag, attributes):
                self.tags.add(" ".join([tag] + [name for name, _ in attributes]))
                self.targets += [value for name, value in attributes if name == "href"]
            def handle_data(self, data):
                self.text += data

        def read(raw):
            problems = []
            if re.search(rb"(?<!\r)\n|\r(?!\n)", raw): problems.append("a line break that is not CRLF")
            if re.search(rb"[^\x20-\x7e\r\n\t]", raw): problems.append("a byte that is not printable ASCII")
            if max(map(len, raw.split(b"\r\n"))) > 998: problems.append("a line of more than 998 bytes")
            if re.search(rb"(?m)^(\.|From )", raw): problems.append("a line that starts with a dot or From")
            mail = email.message_from_bytes(raw, policy=email.policy.default)
            parts = list(mail.walk())
            problems += [f"{part.get_content_type()}: {defect!r}" for part in parts for defect in part.defects]
            for name, value in mail.items():
                problems += [f"{name}: {defect!r}" for defect in value.defects]
            if [part.get_content_type() for part in parts] != ["multipart/alternative", "text/plain", "text/html"]:
                problems.append(f"parts: {[part.get_content_type() for part in parts]}")
            names = [name.lower() for name in mail.keys()]
            problems += [f"two {name}" for name in set(names) if names.count(name) > 1]
            page = Page()
            html = mail.get_body(("html",)).get_content().replace("\r\n", "\n")
            page.feed(html)
            page.close()
            sender = mail["from"].addresses
            # The newer parser keeps the space between two encoded words of a name, against RFC 2047, section 6.2.
            name, _ = email.utils.parseaddr(email.message_from_bytes(raw)["from"])
            values = {
                "fields": " ".join(sorted(names)),
                "subject": str(mail["subject"]),
                "from_name": str(email.header.make_header(email.header.decode_header(name))),
                "from": ",".join(address.addr_spec for address in sender),
                "to": ",".join(address.addr_spec for address in mail["to"].addresses),
                "message_id": mail["message-id"],
                "plain": mail.get_body(("plain",)).get_content().replace("\r\n", "\n"),
                "html": page.text,
                "tags": "\n".join(sorted(page.tags)),
                "targets": "\n".join(page.targets),
            }
            if problems: values["problems"] = "; ".join(problems)
            return values

        with open(sys.argv[1]) as file:
            print(json.dumps([read(base64.b64decode(mail)) for mail in json.load(file)]))
        """#

    /// Verifies signatures with dkimpy, at the time `now` if there is one.
    package static let dkimVerifier = #"""
        import base64, dkim, json, sys, time

        with open(sys.argv[1]) as file:
            given = json.load(file)
        if "now" in given: time.time = lambda: given["now"]
        def text(name, timeout=5):
            return given["records"].get(name.decode() if isinstance(name, bytes) else name, "").encode()
        def verify(mail):
            try:
                return dkim.verify(base64.b64decode(mail), dnsfunc=text)
            except dkim.DKIMException:
                return False
        print(json.dumps([verify(mail) for mail in given["mails"]]))
        """#

    /// Decrypts notifications with http_ece, and verifies their tokens with py_vapid.
    package static let pushReader = #"""
        import base64, http_ece, json, py_vapid, sys
        from cryptography.hazmat.primitives.asymmetric import ec

        def bytes_of(text): return base64.b64decode(text)
        with open(sys.argv[1]) as file:
            given = json.load(file)
        key = ec.derive_private_key(int.from_bytes(bytes_of(given["key"]), "big"), ec.SECP256R1())
        def read(message):
            scheme, fields = message["authorization"].split(" ", 1)
            fields = dict(field.strip().split("=", 1) for field in fields.split(","))
            signed, signature = fields["t"].rsplit(".", 1)
            signer = py_vapid.Vapid02.from_raw_public(fields["k"].encode())
            claims = signed.split(".")[1]
            body = http_ece.decrypt(
                bytes_of(message["body"]), private_key=key, auth_secret=bytes_of(given["authentication"]), version="aes128gcm"
            )
            return {
                "scheme": scheme,
                "isSigned": str(signer.verify_token(signed.encode(), signature)),
                "claims": base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)).decode(),
                "notification": body.decode(),
            }
        print(json.dumps([read(message) for message in given["messages"]]))
        """#
}
