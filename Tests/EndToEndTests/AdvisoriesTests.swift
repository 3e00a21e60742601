import ChildProcesses
import Foundation
import TestSupport
import Testing

/// `Scripts/advisories`: what is in use, against what is known.
@Suite struct AdvisoriesTests {
    private static let resolved = """
        {
          "pins" : [
            {
              "identity" : "swift-nio",
              "state" : {
                "revision" : "3398e4aaa6104439e99b3a73572f5b272b39e735",
                "version" : "2.99.0"
              }
            },
            {
              "identity" : "yams",
              "state" : {
                "revision" : "473e618fc72bf29741906dd2873cfd5892039c3e",
                "version" : "6.10.2"
              }
            }
          ]
        }

        """

    private func run(_ arguments: String..., advisories: String) async throws -> (status: Int32, output: String) {
        let folder = try TemporaryDirectory()
        let (list, pins, output) = (folder.path + "/advisories", folder.path + "/resolved", folder.path + "/output")
        try advisories.write(toFile: list, atomically: true, encoding: .utf8)
        try Self.resolved.write(toFile: pins, atomically: true, encoding: .utf8)
        let process = try ChildProcess(
            Program.project.path + "/Scripts/advisories",
            arguments,
            environment: ["PATH": "/usr/bin:/bin", "ADVISORIES": list, "RESOLVED": pins],
            output: output,
            errors: output
        )
        let exit = await process.exit
        return (exit.code, String(decoding: try Data(contentsOf: URL(filePath: output)), as: UTF8.self))
    }

    @Test(arguments: [
        (
            "CVE-1 package swift-nio - 2.100.0 open line breaks",
            "package swift-nio 2.99.0: line breaks\n    take 2.100.0 or later"
        ),
        ("CVE-1 package swift-nio 2.99.0 - open no fix", "package swift-nio 2.99.0: no fix"),
        (
            "CVE-1 package swift-nio - =2.99.0 open this one",
            "package swift-nio 2.99.0: this one\n    take 2.99.0 or later"
        ),
        (
            "# a word\n\nCVE-1 package yams 6.9 6.10.3 open nodes",
            "package yams 6.10.2: nodes\n    take 6.10.3 or later"
        ),
    ])
    func `a version that an advisory is about fails`(line: String, finding: String) async throws {
        let result = try await run(advisories: line + "\n")
        #expect(result.output == "advisories: CVE-1 is about \(finding)\n")
        #expect(result.status == 1)
    }

    @Test(arguments: [
        "CVE-1 package swift-nio - 2.99.0 open fixed in this one", "CVE-1 package swift-nio 2.100 - open came later",
        "CVE-1 package swift-nio - =2.98.0 open another", "CVE-1 package nio - - open another package",
        "CVE-1 vendored swift-nio - - open another kind", "CVE-1 package yams - 6.9.0 open ten is more than nine",
        "CVE-1 package swift-nio - - harmless since nothing calls it", "", "# nothing but a word",
    ])
    func `any other does not`(line: String) async throws {
        let result = try await run(advisories: line)
        #expect(result == (0, ""), "\(result)")
    }

    @Test(arguments: [
        ("CVE-1 package swift-nio - -", "a line is ID KIND NAME SINCE FIXED STATE WHY"),
        ("CVE-1 pakage swift-nio - - open why", "'pakage' is not one of: package, vendored, library"),
        ("CVE-1 package swift-nio - - closed why", "'closed' is not one of: open, harmless"),
        ("CVE-1 package swift-nio - - harmless", "say why CVE-1 is harmless"),
    ])
    func `a line that cannot be read is no line that says nothing`(line: String, why: String) async throws {
        let result = try await run(advisories: line + "\n")
        #expect(result.status == 2)
        #expect(result.output.contains(why), "\(result)")
    }

    @Test func `the project's own list can be read`() async throws {
        let list = try String(contentsOfFile: Program.project.path + "/Scripts/advisories.txt", encoding: .utf8)
        let result = try await run(advisories: list.replacing("package swift-nio ", with: "package elsewhere "))
        #expect(result == (0, ""), "\(result)")
    }

    @Test func `what is in use can be listed`() async throws {
        let lines = try await run("--list", advisories: "").output.split(separator: "\n")
        #expect(lines.prefix(2) == ["package swift-nio 2.99.0", "package yams 6.10.2"])
        #expect(lines.dropFirst(2).allSatisfy { $0.hasPrefix("vendored ") || $0.hasPrefix("library ") }, "\(lines)")
    }
}
