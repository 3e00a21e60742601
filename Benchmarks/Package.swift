// swift-tools-version: 6.2
import PackageDescription

// How fast dripd is beside what the two libraries beneath it can do, measured in one run: `make bench`.
// It looks at the program from outside, as its users do, and needs nginx, libcurl and SQLite.
let package = Package(
    name: "Benchmarks",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    ],
    targets: [
        .systemLibrary(name: "CSQLite"),
        // The ceiling: C over libcurl and SQLite, with nothing of dripd's work between them. It makes the load, too.
        .executableTarget(
            name: "ceiling",
            cSettings: [.unsafeFlags(["-O2", "-Wall", "-Werror"])],
            linkerSettings: [.linkedLibrary("curl"), .linkedLibrary("sqlite3")]
        ),
        .executableTarget(
            name: "bench",
            dependencies: [
                "CSQLite",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: [.treatAllWarnings(as: .error)]
        ),
    ]
)
