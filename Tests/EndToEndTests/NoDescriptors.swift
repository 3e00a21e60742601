import Foundation

/// A daemon's connections, in and out, get no descriptor for a while.
///
/// Not by a lower limit of the process: the rest of it needs some, too (see `OpenFiles`).
struct NoDescriptors {
    let environment: [String: String]
    private let file: String

    /// - Parameter machine: the whole machine has none left: no file can be opened either.
    init(in shop: Shop, ofMachine machine: Bool = false) async throws {
        let library = try await PreloadedLibrary.build("no-descriptors.c", in: shop.directory)
        file = shop.folder + "/no-descriptors"
        environment = [
            "LD_PRELOAD": library, "NO_DESCRIPTORS": file, "NO_DESCRIPTORS_OF": machine ? "machine" : "process",
        ]
    }

    func runOut() throws {
        try Data().write(to: URL(filePath: file))
    }

    func areThereAgain() throws {
        try FileManager.default.removeItem(atPath: file)
    }
}
