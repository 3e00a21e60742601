import DripCore
import Foundation

/// Pictures, videos, sounds and files: addresses that the platform fetches.
struct MediaReader {
    /// What paths are relative to; nil: the disk is not looked at.
    let folder: String?

    func readImages(_ fields: Fields, _ report: inout FileReport) -> [String] {
        guard let entries = report.list(fields, "images") else { return [] }
        if entries.count > MessengerLimits.images {
            report.error(
                "\(entries.count) images: Messenger takes \(MessengerLimits.images) in a message",
                at: entries[MessengerLimits.images].place
            )
        }
        return entries.compactMap { entry in
            guard let text = report.text(entry, as: "an image") else { return nil }
            return report.value(text, at: entry.place, parse)
        }
    }

    /// The format also knows files on disk, which have no scheme.
    func parse(_ text: String) throws(Fault) -> String {
        guard text.contains("://") else {
            if let path = path(of: text), !FileManager.default.fileExists(atPath: path) {
                throw Fault("no such file: '\(path)'")
            }
            throw Fault("'\(text)': media from disk is not yet supported; give an https:// address")
        }
        return try WebAddress.parse(text)
    }

    private func path(of text: String) -> String? {
        guard !text.hasPrefix("/") else { return folder == nil ? nil : text }
        return folder.map { $0.isEmpty ? text : $0 + "/" + text }
    }
}
