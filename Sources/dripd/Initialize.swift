import ArgumentParser
import Foundation
import Glibc
import SafeFiles
import SequenceFiles

struct Initialize: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a folder with a configuration, a place for secrets and a first sequence.",
        discussion: "Writes nothing over: a folder that has one of these files already is left as it is."
    )

    @Argument(help: ArgumentHelp("The folder; made if it is missing.", valueName: "dir"))
    var directory = "."

    func run() throws {
        let base = URL(filePath: directory)
        let existing = Self.files.map(\.path).filter {
            FileManager.default.fileExists(atPath: base.appending(path: $0).path)
        }
        guard existing.isEmpty else {
            throw Failure("\(existing.joined(separator: ", ")) in \(directory): already there; nothing was written")
        }
        let folders = Set(
            Self.files.map { base.appending(path: $0.path).deletingLastPathComponent().path } + [base.path]
        )
        let made = folders.filter { !FileManager.default.fileExists(atPath: $0) }
        do throws(FileFailure) {
            try Self.write(to: directory)
        } catch {
            // Half of them would keep the next attempt from writing any.
            for file in Self.files { try? FileManager.default.removeItem(at: base.appending(path: file.path)) }
            for folder in made.sorted(by: { $0.count > $1.count }) { rmdir(folder) }
            throw Failure("cannot write \(error)\nnothing was written")
        }
        let into = directory == "." ? "" : "cd \(Self.quoted(directory))\n  "
        try Output.standard.paragraph(
            """
            Wrote \(Self.files.map(\.path).joined(separator: ", ")).

            Next:
              \(into)put the app secret, the verify token and the page token into secrets/ (see secrets/README)
              put your page's id into dripd.yaml
              dripd check
              dripd run

            Or try it without a page, with a word in place of each secret:
              \(into)for secret in app_secret verify_token page_token; do
                echo trial > secrets/$secret; done
              chmod 600 secrets/*
              sed -i 's|^  graph_url: .*|  graph_url: http://127.0.0.1:8788/v25.0|' \\
                dripd.yaml
              dripd sandbox --config dripd.yaml &
              dripd run
            and write as a customer at http://127.0.0.1:8788/
            """
        )
    }

    /// By descriptors: what somebody has put there under these names leads nowhere.
    private static func write(to path: String) throws(FileFailure) {
        let directory = try OpenDirectory(making: path, mode: 0o777)
        for file in files {
            let parts = file.path.split(separator: "/").map(String.init)
            var folder = directory
            if parts.count == 2 {
                folder = try folder.makeDirectory(parts[0], mode: parts[0] == "secrets" ? 0o700 : 0o777)
                if parts[0] == "secrets", fchmod(folder.descriptor, 0o700) != 0 { throw FileFailure(folder.path) }
            }
            let descriptor = try folder.makeFile(parts[parts.count - 1], mode: 0o666)
            defer { close(descriptor) }
            try PlainFile.write(file.content.utf8, to: descriptor, folder.path(of: parts[parts.count - 1]))
        }
    }

    /// As a shell takes it for one word.
    private static func quoted(_ path: String) -> String {
        let isPlain = path.allSatisfy { $0.isLetter || $0.isNumber || "/._-".contains($0) }
        return isPlain ? path : "'" + path.replacing("'", with: #"'\''"#) + "'"
    }

    private static let files: [(path: String, content: String)] = [
        ("dripd.yaml", StarterFiles.configuration), ("Sequences/cham-soc.yaml", StarterFiles.sequence),
        // For editors: the sequence names it in its first line.
        ("Sequences/sequence.schema.json", JSONSchema.text), ("secrets/README", StarterFiles.secrets),
        (".gitignore", StarterFiles.ignore),
    ]
}
