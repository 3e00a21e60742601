// swift-tools-version: 6.2
import PackageDescription

// Compares dripd with the limits of libcurl and SQLite, in one run: `make bench`. It measures the program from outside,
// as its users see it, and needs nginx, libcurl and SQLite.
let package = Package(
    name: "Benchmarks",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    ],
    targets: [
        .systemLibrary(name: "CSQLite"),
        // The ceiling: C on top of libcurl and SQLite, without dripd's own work. It also generates load.
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
