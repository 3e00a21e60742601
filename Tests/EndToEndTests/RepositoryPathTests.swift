import Testing

@testable import dripd

/// How a repository names a file, and how an import tells how far it is.
@Suite struct RepositoryPathTests {
    @Test(arguments: [
        ("Sequences/a.yaml", "shop/Sequences/a.yaml"), ("./Sequences/a.yaml", "shop/Sequences/a.yaml"),
        ("../a.yaml", "a.yaml"), ("x/.././/a.yaml", "shop/a.yaml"), ("/repo/shop/a.yaml", "shop/a.yaml"),
        ("/repo/lib/sub/a.yaml", "sub/a.yaml"), ("/etc/dripd/a.yaml", "/etc/dripd/a.yaml"),
        ("/repository/a.yaml", "/repository/a.yaml"),
    ])
    func `from the root of the working copy around it`(file: String, path: String) {
        let paths = RepositoryPath(folder: "/repo/shop") { ["/repo", "/repo/lib"].contains($0) }
        #expect(paths.path(of: file) == path)
    }

    @Test(arguments: [("./a.yaml", "a.yaml"), ("/work/b/a.yaml", "b/a.yaml"), ("../a.yaml", "/a.yaml")])
    func `without one, from where the process stands`(file: String, path: String) {
        #expect(RepositoryPath(folder: "/work") { _ in false }.path(of: file) == path)
    }

    @Test func `a log gets a line every ten seconds and at the end`() {
        let start = ContinuousClock.now
        var progress = ImportProgress(total: 20_000, isTerminal: false, now: start)
        #expect(progress.line(after: 5_000, now: start + .seconds(9)) == nil)
        #expect(progress.line(after: 10_000, now: start + .seconds(10)) == "10000 of 20000")
        #expect(progress.line(after: 15_000, now: start + .seconds(19)) == nil)
        #expect(progress.line(after: 20_000, now: start + .seconds(19)) == "20000 of 20000")
    }

    @Test func `a terminal gets one line that grows, and a short file none`() {
        let start = ContinuousClock.now
        var progress = ImportProgress(total: 10_000, isTerminal: true, now: start)
        #expect(progress.line(after: 5_000, now: start) == "5000 of 10000")
        #expect(progress.line(after: 10_000, now: start) == "10000 of 10000")
        progress = ImportProgress(total: 5_000, isTerminal: true, now: start)
        #expect(progress.line(after: 5_000, now: start) == nil)
    }
}
