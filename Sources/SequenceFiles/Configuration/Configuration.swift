package import DripCore
package import Foundation

/// `dripd.yaml`: all that an operator sets. Paths are as they are to be opened.
package struct Configuration: Hashable, Sendable {
    package let listen: ListenAddress
    package let stateDirectory: String
    package let controlSocket: String
    /// The group whose members may use the control socket; nil: only the daemon's own user and root may.
    package let controlGroup: String?
    /// A file or a folder.
    package let sequences: String
    /// The zone of people and sequences that name none.
    package let zone: TimeZone
    /// Requests to platforms under way at once, at most.
    package let concurrency: Int
    /// A reload that would send to more people than this at once waits for `dripd apply`; nil: none does.
    package let confirmAbove: Int?
    /// By which messages people say that they want nothing more.
    package let optOut: OptOut
    /// nil: as many as the sequences have.
    package let dailyLimit: DailyLimit?
    /// How many comments without an author a page answers in an hour; nil: no limit.
    package let unnamedRepliesPerHour: Int?
    package let messenger: MessengerConfiguration

    /// The zone of a configuration that names none.
    package static let standardZone = TimeZone(identifier: ConfigurationReader.standardZone) ?? .gmt

    /// What of it decides over messages: see `Catalog.with`.
    package var catalogSettings: CatalogSettings {
        CatalogSettings(
            optOut: optOut,
            lanes: Dictionary(
                messenger.pages.map { page in
                    (page.id, SubscriptionLanes(campaign: page.marketing?.campaign, oneTime: page.oneTime))
                },
                uniquingKeysWith: { first, _ in first }
            ),
            dailyLimit: dailyLimit,
            unnamedRepliesPerHour: unnamedRepliesPerHour
        )
    }

    /// Reads the file. Secrets are only named in it; `Secret.read` gets them.
    /// - Parameters:
    ///   - environment: `STATE_DIRECTORY` and `RUNTIME_DIRECTORY`, as systemd sets them, are defaults.
    ///   - installation: if the file is its configuration, its directories are the next defaults.
    ///   - found: told of what can be used and is worth a look.
    /// - Throws: everything that is wrong with the file.
    package static func load(
        path: String,
        environment: [String: String],
        installation: Installation = .current,
        found: (Diagnostic) -> Void = { _ in }
    ) throws(ConfigurationError) -> Configuration {
        let file: BoundedFile
        do {
            file = try BoundedFile(path: path, limit: SourceText.longestBytes)
        } catch {
            throw ConfigurationError(diagnostics: [
                Diagnostic(file: path, place: nil, severity: .error, message: error.reason)
            ])
        }
        var reader = ConfigurationReader(
            path: path,
            environment: environment,
            installation: installation.isConfiguration(path) ? installation : nil
        )
        guard let configuration = reader.read(file.bytes) else {
            throw ConfigurationError(diagnostics: reader.report.diagnostics)
        }
        reader.report.diagnostics.forEach(found)
        return configuration
    }
}
