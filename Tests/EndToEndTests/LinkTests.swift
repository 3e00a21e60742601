import Foundation
import TestSupport
import Testing

/// `dripd link`, with the real binary and no daemon.
@Suite(.timeLimit(.minutes(2))) struct LinkTests {
    private static let page = "1577703145783617"

    @Test func `the refs, what they start, and their links`() async throws {
        let shop = try LinkShop()
        let list = try await Program.run("link", folder: shop.path)
        #expect(
            list
                == Program.Result(
                    status: 0,
                    output: """
                        REF          STARTS    LINK
                        qr=1         other     https://m.me/1577703145783617?ref=qr%3D1
                        tiktok-tool  care qua  https://m.me/1577703145783617?ref=tiktok-tool

                        """,
                    errors: ""
                )
        )
        #expect(
            try await Program.run("link", "qr=1", "--json", folder: shop.path).output == """
                {
                  "page" : "1577703145783617",
                  "ref" : "qr=1",
                  "sequences" : [
                    "other"
                  ],
                  "url" : "https://m.me/1577703145783617?ref=qr%3D1"
                }

                """
        )
    }

    @Test func `the link and its code`() async throws {
        let shop = try LinkShop()
        let link = try await Program.run("link", "tiktok-tool", folder: shop.path)
        #expect(
            link.output.hasPrefix(
                """
                https://m.me/1577703145783617?ref=tiktok-tool
                starts care, qua

                                                     \n
                """
            )
        )
        #expect(!link.output.contains("\u{1B}"))
        #expect(link.output.split(separator: "\n").count == 2 + 19)
        #expect(
            try await Program.run("link", "tiktok-tool", "--format", "url", "--page", "shop.vn", folder: shop.path)
                == Program.Result(status: 0, output: "https://m.me/shop.vn?ref=tiktok-tool\n", errors: "")
        )
    }

    @Test func `a button without scripts and without anything to load`() async throws {
        let shop = try LinkShop()
        let button = try await Program.run(
            ["link", "tiktok-tool", "--format", "html", "--label", #"<b>"Nhắn tin" & 'hỏi'"#],
            folder: shop.path
        )
        #expect(
            button.output == """
                <a href="https://m.me/1577703145783617?ref=tiktok-tool" target="_blank" rel="noopener" \
                style="display:inline-block;padding:12px 20px;border-radius:8px;background:#0a5fe0;color:#fff;\
                font:600 16px/1.25 system-ui,sans-serif;text-decoration:none">\
                &lt;b&gt;&quot;Nhắn tin&quot; &amp; &#39;hỏi&#39;</a>

                """
        )
    }

    @Test func `pictures by the file's name`() async throws {
        let shop = try LinkShop()
        for (file, start) in [
            ("a.png", [0x89, 0x50, 0x4E, 0x47]), ("a.svg", Array("<svg".utf8)), ("a.html", Array("<a h".utf8)),
        ] {
            let written = try await Program.run("link", "tiktok-tool", "--output", file, folder: shop.path)
            #expect(written == Program.Result(status: 0, output: "wrote \(file)\n", errors: ""))
            #expect(try Array(Data(contentsOf: URL(filePath: shop.path + "/" + file)).prefix(4)) == start)
        }
    }

    @Test(arguments: [
        (
            ["tiktok-tol"],
            """
            Error: no sequence starts on the ref 'tiktok-tol'; did you mean 'tiktok-tool'?
            `dripd link` lists the refs; --any makes the link anyway

            """
        ),
        (
            ["Chăm sóc"],
            "Error: 'Chăm sóc' cannot be a link's ref: Messenger takes letters (a-z), digits, '-', '_' and '='; "
                + "did you mean 'cham-soc'?\n"
        ),
        (
            [String(repeating: "a", count: 2084), "--any"],
            "Error: a link's ref has at most 2083 characters, and this one 2084\n"
        ),
        (
            ["tiktok-tool", "--page", "99"],
            "Error: page 99 is not in the configuration; it has 1577703145783617\n"
        ),
        (["far"], "Error: 'far' starts 'far', but not on page 1577703145783617: see its 'pages'\n"),
    ])
    func `what no link is made for`(_ arguments: [String], _ errors: String) async throws {
        let shop = try LinkShop()
        let result = try await Program.run(["link"] + arguments, folder: shop.path)
        #expect(result == Program.Result(status: 1, output: "", errors: errors))
    }

    @Test func `the longest ref that the platform takes fits into a code`() async throws {
        let shop = try LinkShop()
        let ref = String(repeating: "a", count: 2083)
        let link = try await Program.run("link", ref, "--any", "--format", "svg", folder: shop.path)
        #expect(link.status == 0)
        #expect(link.output.hasPrefix(#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 "#))
    }
}

/// A folder with a configuration and sequences.
private struct LinkShop {
    private let directory: TemporaryDirectory

    var path: String { directory.path }

    init() throws {
        directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(
            atPath: directory.path + "/Sequences",
            withIntermediateDirectories: false
        )
        try write(
            """
            messenger:
              app_secret: {env: APP_SECRET}
              verify_token: {env: VERIFY_TOKEN}
              pages: [{id: "1577703145783617", token: {env: PAGE_TOKEN}}]

            """,
            to: "dripd.yaml"
        )
        try write("care", "[first_message, {ref: tiktok-tool}]")
        try write("qua", "[{ref: tiktok-tool}]")
        try write("other", "[{ref: 'qr=1'}]")
        try write("far", "[{ref: far}]\npages: ['99']")
    }

    private func write(_ sequence: String, _ start: String) throws {
        try write(
            """
            sequence: \(sequence)
            title: Any
            start: \(start)
            steps:
              - {step: hello, after: 0 s, text: Hello}

            """,
            to: "Sequences/\(sequence).yaml"
        )
    }

    private func write(_ content: String, to name: String) throws {
        try Data(content.utf8).write(to: URL(filePath: path + "/" + name))
    }
}
