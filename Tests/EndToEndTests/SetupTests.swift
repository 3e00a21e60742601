import ChildProcesses
import Foundation
import TestSupport
import Testing

/// `dripd setup`, with the real binary at a terminal, and an /etc/dripd of the test's own.
@Suite(.timeLimit(.minutes(1)), OwnMounts.arePermitted) struct SetupTests {
    /// What `make install` puts there. $1 is the folder of the program, $2 a scratch folder.
    private static let installed = """
        set -e
        mount -t tmpfs tmpfs /etc
        mkdir -p -m 0755 /etc/dripd/Sequences
        mkdir -m 0700 /etc/dripd/secrets
        install -m 0644 systemd/dripd.yaml /etc/dripd/dripd.yaml
        install -m 0644 -t /etc/dripd/Sequences Sequences/cham-soc.yaml
        install -D -m 0644 -t /etc/systemd/system systemd/dripd.service
        PATH=$1:$PATH
        . Tests/SystemdTests/terminal

        """

    private func run(_ script: String, before: String = "") async throws -> (status: Program.Result, shown: String) {
        let scratch = try TemporaryDirectory()
        let (output, errors) = (scratch.path + "/output", scratch.path + "/errors")
        let shell = try ChildProcess(
            "/usr/bin/unshare",
            [
                "-Urm", "/bin/bash", "-c",
                Self.installed + before + "at_terminal \"$2\" 'dripd setup --offline'\n" + script, "test",
                Program.url.deletingLastPathComponent().path, scratch.path,
            ],
            folder: Program.project.path,
            output: output,
            errors: errors
        )
        func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
        let status = await shell.exit.code
        return (
            Program.Result(status: status, output: text(output), errors: text(errors)),
            text(scratch.path + "/shown").replacing("\r\n", with: "\n")
        )
    }

    @Test func `it asks, writes what systemd needs, and says what is left to do`() async throws {
        let (result, shown) = try await run(
            """
            answer 109876543210987
            answer 127.0.0.1:9090
            answer shop.example.com
            answer 0123456789abcdef0123456789abcdef
            answer ''
            answer token-of-the-test
            end_terminal
            stat -c '%a %n' /etc/dripd/dripd.yaml /etc/dripd/secrets/* /etc/dripd/*/.??* 2>/dev/null || true
            grep -e ' id: ' -e '^listen' /etc/dripd/dripd.yaml
            wc -l </etc/dripd/dripd.yaml
            cat /etc/dripd/secrets/app_secret /etc/dripd/secrets/page_token
            grep -cE '^[0-9a-f]{32}$' /etc/dripd/secrets/verify_token

            """,
            // Once readable by all, it is not any more.
            before: "echo old | install -m 0644 /dev/stdin /etc/dripd/secrets/app_secret\n"
        )
        let lines =
            try String(contentsOf: Program.project.appending(path: "systemd/dripd.yaml"), encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false).count - 1
        #expect(
            result
                == Program.Result(
                    status: 0,
                    output: """
                        644 /etc/dripd/dripd.yaml
                        600 /etc/dripd/secrets/app_secret
                        600 /etc/dripd/secrets/page_token
                        600 /etc/dripd/secrets/verify_token
                        listen: "127.0.0.1:9090"
                            - id: "109876543210987"
                        \(lines)
                        0123456789abcdef0123456789abcdef
                        token-of-the-test
                        1

                        """,
                    errors: ""
                )
        )
        #expect(
            shown.contains(
                """
                Left to do:
                1. Put the first sequence in order; it has examples in it:
                     editor /etc/dripd/Sequences/cham-soc.yaml
                     dripd check
                2. Start dripd, and its daily backup:
                     systemctl enable dripd dripd-backup.timer
                     systemctl restart dripd dripd-backup.timer
                3. In the web server, pass on this path and no other. Caddy:
                     shop.example.com {
                         handle /webhooks/messenger {
                             reverse_proxy 127.0.0.1:9090
                         }
                     }
                4. At developers.facebook.com, your app, Messenger, API settings, Webhooks:
                     callback URL  https://shop.example.com/webhooks/messenger
                     verify token  the line in /etc/dripd/secrets/verify_token
                     fields        messages, messaging_postbacks, messaging_referrals,
                                   message_echoes, message_deliveries, message_reads,
                                   message_reactions, messaging_optins,
                                   messaging_policy_enforcement, standby
                                   (and feed, if a comment starts a sequence)
                5. See that it all works together:
                     dripd doctor --webhook https://shop.example.com/webhooks/messenger

                """
            ),
            "\(shown)"
        )
        #expect(!shown.contains("0123456789abcdef") && !shown.contains("token-of-the-test"))
        #expect(shown.split(separator: "\n").allSatisfy { $0.count <= 80 || $0.hasPrefix("Script ") }, "\(shown)")
    }

    @Test func `a wrong answer is asked again, and an end writes nothing`() async throws {
        let (result, shown) = try await run(
            """
            answer my-page
            answer 109876543210987
            answer 9090
            answer ''
            answer https://shop.example.com
            answer ''
            answer 'two words'
            answer 'mật-khẩu'
            end_terminal && echo succeeded
            ls -A /etc/dripd/secrets
            cmp systemd/dripd.yaml /etc/dripd/dripd.yaml

            """
        )
        #expect(result == Program.Result(status: 0, output: "", errors: ""))
        for line in [
            "an id is a number, such as 1577703145783617", "'9090' is not a host and a port; 127.0.0.1:9090",
            "a host name alone, such as shop.example.com",
            "a secret is one word, without spaces and characters outside ASCII",
            "Error: no answer",
        ] {
            #expect(shown.contains(line), "\(line): \(shown)")
        }
    }

    @Test func `a second run keeps what is there, and an address of all interfaces is quoted`() async throws {
        let (result, shown) = try await run(
            """
            answer 109876543210987
            answer '*:9090'
            answer ''
            answer 0123456789abcdef0123456789abcdef
            answer verify-token-of-the-test
            answer token-of-the-test
            end_terminal
            dripd check --config /etc/dripd/dripd.yaml >/dev/null
            sha256sum /etc/dripd/dripd.yaml /etc/dripd/secrets/* >"$2/before"
            rm "$2/typed" "$2/shown"
            at_terminal "$2" 'dripd setup --offline'
            for text in '' '' later keep '' ''; do answer "$text"; done
            end_terminal
            sha256sum --check --quiet "$2/before"
            grep '^listen' /etc/dripd/dripd.yaml

            """
        )
        #expect(result == Program.Result(status: 0, output: "listen: \"*:9090\"\n", errors: ""))
        #expect(shown.contains("\nNothing was written.\n"), "\(shown)")
        #expect(shown.contains("reverse_proxy 127.0.0.1:9090"), "\(shown)")
    }

    @Test func `a secret that is encrypted or elsewhere is left alone`() async throws {
        let (result, shown) = try await run(
            """
            answer 109876543210987
            answer ''
            answer ''
            answer 0123456789abcdef0123456789abcdef
            answer verify-token-of-the-test
            end_terminal || true
            cat /etc/dripd/secrets/page_token.cred
            ls /etc/dripd/secrets

            """,
            before: """
                mkdir -p /etc/systemd/system/dripd.service.d
                printf '[Service]\nLoadCredentialEncrypted=page_token:/etc/dripd/secrets/page_token.cred\n' \
                    >/etc/systemd/system/dripd.service.d/token.conf
                echo encrypted >/etc/dripd/secrets/page_token.cred

                """
        )
        #expect(
            result
                == Program.Result(
                    status: 0,
                    output: "encrypted\napp_secret\npage_token.cred\nverify_token\n",
                    errors: ""
                )
        )
        #expect(shown.contains("Page token: {credential: page_token} is encrypted"), "\(shown)")
    }

    @Test func `without a terminal it names the files`() async throws {
        let result = try await Program.run("setup")
        #expect(
            result
                == Program.Result(
                    status: 1,
                    output: "",
                    errors: """
                        Error: setup asks questions, so it needs a terminal. Without one, write these files:
                          /etc/dripd/dripd.yaml            the page's id (mode 0644)
                          /etc/dripd/secrets/app_secret    developers.facebook.com, your app: App settings, Basic
                          /etc/dripd/secrets/verify_token  a word of your own, the same as at Meta
                          /etc/dripd/secrets/page_token    the same app: Messenger, API settings
                        Each secret is one line that only root can read (mode 0600). Then:
                          systemctl restart dripd
                          dripd doctor

                        """
                )
        )
    }
}
