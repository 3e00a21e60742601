import Foundation
import Testing

/// SECURITY.md claims nothing that no test holds.
@Suite struct SecurityDocumentTests {
    private static let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The tests' files: their content by the suite's name.
    private static let suites: [String: String] = {
        var suites: [String: String] = [:]
        let tests = FileManager.default.enumerator(
            at: project.appending(path: "Tests"),
            includingPropertiesForKeys: nil
        )
        while let file = tests?.nextObject() as? URL {
            guard file.pathExtension == "swift", let text = try? String(contentsOf: file, encoding: .utf8) else {
                continue
            }
            // Some tests of a suite may be in an extension, in another file.
            for match in text.matches(of: /(?:struct|class|extension) ([A-Z][A-Za-z]+Tests)\b/) {
                suites[String(match.1), default: ""] += text
            }
        }
        return suites
    }()

    private func document() throws -> String {
        try String(contentsOf: Self.project.appending(path: "SECURITY.md"), encoding: .utf8)
    }

    @Test func `every suite that it names exists, and has the test that it names`() throws {
        let text = try document()
        let named = text.matches(of: /`([A-Z][A-Za-z]+Tests)`(?: "([^"]+)")?/)
        #expect(named.count > 30)
        for match in named {
            let suite = try #require(Self.suites[String(match.1)], "there is no suite \(match.1)")
            if let test = match.2 {
                #expect(suite.contains("func `\(test)`("), "\(match.1) has no test '\(test)'")
            }
        }
        for match in text.matches(of: /`((?:Tests|Scripts|systemd|docs)\/[^` ]+)`/) {
            let path = Self.project.appending(path: String(match.1)).path
            #expect(FileManager.default.fileExists(atPath: path), "there is no \(match.1)")
        }
    }

    @Test func `every promise names a bound, and a test that holds it`() throws {
        var promises = 0
        var isTable = false
        for line in try document().split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("|") else {
                isTable = false
                continue
            }
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            if cells.last == "held by" {
                isTable = true
                #expect(cells == ["promise", "bound", "held by"])
            } else if isTable, cells.first?.hasPrefix("-") == false {
                promises += 1
                #expect(cells.count == 3 && !cells.contains(""), "\(line)")
                #expect(cells.last?.contains(/`[A-Z][A-Za-z]+Tests`|`Tests\/[^`]+`/) == true, "no test: \(line)")
            }
        }
        #expect(promises > 20)
    }
}
