import ChildProcesses
import DripStore
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct CommandLineTests {
    @Test func `init writes a folder that check finds nothing wrong with`() async throws {
        let directory = try TemporaryDirectory()
        let shop = directory.path + "/shop"
        let made = try await Program.run("init", shop)
        #expect(
            made
                == Program.Result(
                    status: 0,
                    output: """
                        Wrote dripd.yaml, Sequences/cham-soc.yaml, Sequences/sequence.schema.json, secrets/README, .gitignore.

                        Next:
                          cd \(shop)
                          put the app secret, the verify token and the page token into secrets/ (see secrets/README)
                          put your page's id into dripd.yaml
                          dripd check
                          dripd run

                        Or try it without a page, with a word in place of each secret:
                          cd \(shop)
                          for secret in app_secret verify_token page_token; do
                            echo trial > secrets/$secret; done
                          chmod 600 secrets/*
                          sed -i 's|^  graph_url: .*|  graph_url: http://127.0.0.1:8788/v25.0|' \\
                            dripd.yaml
                          dripd sandbox --config dripd.yaml &
                          dripd run
                        and write as a customer at http://127.0.0.1:8788/

                        """,
                    errors: ""
                )
        )
        let check = try await Program.run("check", folder: shop)
        #expect(check == Program.Result(status: 0, output: "1 file, 5 steps: nothing is wrong\n", errors: ""))
        let again = try await Program.run("init", shop)
        #expect(again.status == 1)
        #expect(
            again.errors
                == "Error: dripd.yaml, Sequences/cham-soc.yaml, Sequences/sequence.schema.json, secrets/README, .gitignore in "
                + "\(shop): already there; nothing was written\n"
        )
    }

    /// The lines as they are printed, but for the ports, which may be taken, and the end.
    @Test func `what init says to try works line by line`() async throws {
        let directory = try TemporaryDirectory()
        let made = try await Program.run("init", "a shop", folder: directory.path)
        let trial = made.output.components(separatedBy: "with a word in place of each secret:\n")[1]
            .components(separatedBy: "and write as")[0]
        let (sandbox, web) = (try FreePort.any(), try FreePort.any())
        let script = directory.path + "/trial.sh"
        let lines = trial.replacing("8788", with: "\(sandbox)").replacing(
            "  dripd run\n",
            with: """
                sed -i 's|127.0.0.1:8787|127.0.0.1:\(web)|' dripd.yaml
                dripd run &
                trap 'kill $(jobs -p)' EXIT
                until curl -sf http://127.0.0.1:\(web)/readyz && curl -sf http://127.0.0.1:\(sandbox)/ >/dev/null; do sleep 0.1; done

                """
        )
        let log = directory.path + "/log"
        let whole =
            "set -e; cd '\(directory.path)'; PATH='\(Program.url.deletingLastPathComponent().path)':$PATH; . '\(script)'"
        try Data(lines.utf8).write(to: URL(filePath: script))
        let shell = try ChildProcess("/bin/bash", ["-c", whole], output: log, errors: log)
        #expect(await shell.exit == .status(0), "\((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")")
    }

    @Test func `init and backup on a full disk say so, and leave nothing behind`() async throws {
        let (folder, disk) = (try TemporaryDirectory(), try TemporaryDirectory())
        let store = try Store(directory: folder.path + "/state", newInstance: "test", zone: .gmt)
        try store.close()
        let script = """
            mount -t tmpfs -o size=128k tmpfs "$1" && cd "$1" && head -c 114688 /dev/zero > fill
            "$0" init shop; echo "$?"; "$0" backup b.db --state "$2"; echo "$?"; ls
            rm fill; "$0" init shop >/dev/null; echo "$?"
            """
        let (output, errors) = (folder.path + "/output", folder.path + "/errors")
        let shell = try ChildProcess(
            "/usr/bin/unshare",
            ["-Urm", "/bin/bash", "-c", script, Program.url.path, disk.path, folder.path + "/state"],
            output: output,
            errors: errors
        )
        #expect(await shell.exit == .status(0))
        #expect(try String(contentsOfFile: output, encoding: .utf8) == "1\n1\nfill\n0\n")
        let said = try String(contentsOfFile: errors, encoding: .utf8)
        #expect(
            said.replacing(/write \S*shop\/\S+:/, with: "write FILE:") == """
                Error: cannot write FILE: no space left on device
                nothing was written
                Error: cannot open ./b.db.part: no space left on device

                """
        )
    }

    @Test func `a backup's name may be one character, and is no standard output`() async throws {
        let (folder, state) = (try TemporaryDirectory(), try TemporaryDirectory())
        let missing = try await Program.run("backup", "x", "--state", state.path, folder: folder.path)
        #expect(missing.status == 1)
        #expect(missing.errors == "Error: cannot open \(state.path)/dripd.db: no such file or directory\n")
        let output = try await Program.run("backup", "-", "--state", state.path, folder: folder.path)
        #expect(output.status == 1)
        #expect(output.errors.hasPrefix("Error: '-' is not the name of a backup: a backup is a file"), "\(output)")
    }

    @Test func `the first sequence of a new folder is the shipped one`() async throws {
        let directory = try TemporaryDirectory()
        _ = try await Program.run("init", directory.path)
        let shipped = try String(
            contentsOf: Program.project.appending(path: "Sequences/cham-soc.yaml"),
            encoding: .utf8
        )
        let written = try String(contentsOfFile: directory.path + "/Sequences/cham-soc.yaml", encoding: .utf8)
        #expect(written == shipped)
    }

    @Test func `check names every fault with its line and column`() async throws {
        let directory = try TemporaryDirectory()
        try Data(
            """
            sequence: faults
            title: Faults
            start: [frist_message]
            again: sometimes
            steps:
              - step: one
                after: 15 mins
                text: "Hello {{name"
              - step: one
                after: 1 fortnight
                txt: Hello

            """.utf8
        ).write(to: URL(filePath: directory.path + "/faults.yaml"))
        let check = try await Program.run("check", "faults.yaml", folder: directory.path)
        #expect(check.status == 1)
        #expect(
            check.output == """
                faults.yaml:3:9: error: unknown start 'frist_message'; did you mean 'first_message'?
                faults.yaml:4:8: error: 'sometimes' is not a value for 'again': write never, always or after a time \
                ('after 90 days')
                faults.yaml:8:18: error: '{{' without '}}' before the end of the line or the next '{{'
                faults.yaml:9:11: error: duplicate step 'one'; the first is on line 6
                faults.yaml:10:12: error: unknown unit 'fortnight' in '1 fortnight': the units are s, min, h, day, week, \
                month
                faults.yaml:11:5: error: unknown key 'txt' in a step; did you mean 'text'?
                1 file, 0 steps: 6 errors

                """
        )
    }

    @Test func `nobody home is said with what to do`() async throws {
        let result = try await Program.run("status", "--control-socket", "/nonexistent/control.sock")
        #expect(result.status == 1)
        #expect(
            result.errors.hasSuffix(
                "Is it running (systemctl status dripd)? Use --config FILE or --control-socket PATH for another daemon.\n"
            )
        )
    }

    @Test func `wrong usage ends with 64`() async throws {
        #expect(try await Program.run("run", "--time-scale", "0").status == 64)
        #expect(try await Program.run("nonsense").status == 64)
    }
}
