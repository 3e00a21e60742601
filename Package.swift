// swift-tools-version: 6.2
import PackageDescription

// For all our targets: Swift 6 mode, warnings as errors, and imports that apply only to the file that has them.
let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycleTestKit = Target.Dependency.product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

// The module table of ARCHITECTURE.md. `--explicit-target-dependency-import-check error` enforces it.
let package = Package(
    name: "dripd",
    products: [.executable(name: "dripd", targets: ["dripd"])],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CGMime", pkgConfig: "gmime-3.0", providers: [.apt(["libgmime-3.0-dev"])]),
        .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(name: "CProcess"),
        .systemLibrary(name: "CSpawn"),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CFileIdentity"),
        .systemLibrary(name: "CTimer"),
        .target(name: "CVersion"),

        .target(name: "DripCore", swiftSettings: settings),
        .target(name: "ControlAPI", dependencies: ["DripCore"], swiftSettings: settings),
        .target(name: "SafeFiles", swiftSettings: settings),
        .target(
            name: "SequenceFiles",
            dependencies: ["Channels", "DripCore", "SafeFiles", yams, crypto],
            swiftSettings: settings
        ),
        .target(
            name: "DripStore",
            dependencies: ["ControlAPI", "CFileIdentity", "CSQLite", "DripCore", "SafeFiles", grdb, crypto],
            swiftSettings: settings
        ),
        .target(
            name: "Channels",
            dependencies: ["DripCore", "CCurl", "CGMime", crypto, cryptoExtras],
            swiftSettings: settings
        ),
        .target(name: "ChildProcesses", dependencies: ["CSpawn"], swiftSettings: settings),
        .target(name: "TaskThreads", dependencies: [deque], swiftSettings: settings),
        .target(name: "QRCodes", dependencies: ["CQREncode", "DripCore"], swiftSettings: settings),
        .target(
            name: "DripEngine",
            dependencies: [
                "ControlAPI",
                "DripCore", "SequenceFiles", "DripStore", "Channels", "CTimer", serviceLifecycle, logging, metrics,
            ],
            swiftSettings: settings
        ),
        .target(
            name: "WebServer",
            dependencies: [
                "Channels", "ControlAPI",
                "DripCore", "DripStore", "DripEngine", "SafeFiles", hummingbird, hummingbirdCore, httpTypes, logging,
                metrics,
                nioCore, nioHTTP1, nioPosix, serviceLifecycle,
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Systemd",
            dependencies: ["CSystemd", "DripCore", serviceLifecycle, logging],
            swiftSettings: settings
        ),
        .target(
            name: "MessengerSandbox",
            dependencies: [hummingbird, crypto, logging, nioCore, nioPosix, serviceLifecycle],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "dripd",
            dependencies: [
                "ControlAPI",
                "DripCore", "SequenceFiles", "DripStore", "Channels", "DripEngine", "WebServer", "Systemd",
                "MessengerSandbox", "QRCodes", "SafeFiles", "TaskThreads", "ChildProcesses", "CProcess", "CVersion",
                argumentParser,
                hummingbird, logging,
                metrics,
                serviceLifecycle,
                unixSignals,
            ],
            swiftSettings: settings
        ),

        .target(
            name: "TestSupport",
            dependencies: ["ControlAPI", "DripCore", "DripStore", "Channels", "DripEngine", "ChildProcesses", logging],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        .testTarget(name: "DripCoreTests", dependencies: ["DripCore", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "SafeFilesTests", dependencies: ["SafeFiles", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "SequenceFilesTests", dependencies: ["DripCore", "SequenceFiles"], swiftSettings: settings),
        .testTarget(
            name: "DripStoreTests",
            dependencies: ["ControlAPI", "ChildProcesses", "DripCore", "DripStore", "SafeFiles", "TestSupport", grdb],
            swiftSettings: settings
        ),
        // Tests of query plans, which are specific to SQLite.
        .testTarget(
            name: "SQLiteTests",
            dependencies: ["DripCore", "DripStore", "TestSupport", grdb],
            swiftSettings: settings
        ),
        .testTarget(
            name: "DripEngineTests",
            dependencies: [
                "ControlAPI",
                "DripCore", "DripStore", "Channels", "DripEngine", "TestSupport", crypto, grdb, logging,
                serviceLifecycle,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "WebServerTests",
            dependencies: [
                "ControlAPI",
                "DripCore", "DripStore", "Channels", "DripEngine", "WebServer", "TestSupport", crypto, grdb, logging,
                metrics, nioCore, nioEmbedded, serviceLifecycle,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ChannelsTests",
            dependencies: ["Channels", "ChildProcesses", "DripCore", "TestSupport", crypto, cryptoExtras],
            swiftSettings: settings
        ),
        .testTarget(name: "TaskThreadsTests", dependencies: ["TaskThreads"], swiftSettings: settings),
        .testTarget(
            name: "QRCodesTests",
            dependencies: ["QRCodes", "ChildProcesses", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SystemdTests",
            dependencies: [
                "Systemd", "dripd", "DripCore", "DripStore", "DripEngine", "Channels", "WebServer", "ChildProcesses",
                "TestSupport", serviceLifecycle, lifecycleTestKit, logging, grdb, nioCore, nioPosix,
            ],
            exclude: ["boot-systemd", "checks", "package-test", "terminal", "real-systemd-test"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MessengerSandboxTests",
            dependencies: [
                "MessengerSandbox", "Channels", "DripCore", crypto, logging, nioCore, nioPosix, serviceLifecycle,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "ControlAPI",
                "DripCore", "DripStore", "Channels", "DripEngine", "MessengerSandbox", "TestSupport", grdb, logging,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "DripdTests",
            dependencies: ["ControlAPI", "dripd", "DripCore", "DripStore", "SequenceFiles", argumentParser],
            swiftSettings: settings
        ),
        // Writes the man pages: see Scripts/built.
        .executableTarget(name: "manual", path: "Scripts/Manual", swiftSettings: settings),
        // Needs a release build: see Scripts/instructions.
        .executableTarget(
            name: "instructions",
            dependencies: ["DripCore"],
            path: "Tests/Instructions",
            exclude: ["expected"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "ControlAPI",
                "dripd", "DripCore", "DripStore", "DripEngine", "Channels", "MessengerSandbox", "ChildProcesses",
                "TestSupport", crypto, grdb, logging,
            ],
            exclude: ["Crash/power-loss.c", "Disk/failing-disk.c", "no-descriptors.c", "shifted-clock.c"],
            swiftSettings: settings
        ),
    ]
)

// Only for `make fuzz`: without `--sanitize fuzzer`, there is no libFuzzer to link.
if Context.environment["DRIPD_FUZZ"] != nil {
    package.targets += [
        .executableTarget(
            name: "Fuzz",
            dependencies: ["DripCore", "SequenceFiles", "Channels"],
            path: "Tests/Fuzz/Targets",
            swiftSettings: settings
        )
    ]
}
