import DripCore
import DripEngine
import Foundation
import SequenceFiles

/// The JSON file of `--person FILE`.
struct PersonFile: Decodable {
    private let attributes: [String: String]
    private let tags: [String]
    private let zone: String?
    private let page: String?
    private let person: String?

    private enum Key: String, CodingKey, CaseIterable {
        case attributes
        case tags
        case zone
        case page
        case person
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        let intValue: Int? = nil

        init(stringValue: String) {
            self.stringValue = stringValue
        }

        init?(intValue: Int) {
            return nil
        }
    }

    init(from decoder: any Decoder) throws {
        let known = Key.allCases.map(\.rawValue)
        for key in try decoder.container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
            throw Failure("unknown key '\(key.stringValue)'; the keys are \(known.joined(separator: ", "))")
        }
        let fields = try decoder.container(keyedBy: Key.self)
        attributes = try fields.decodeIfPresent([String: String].self, forKey: .attributes) ?? [:]
        tags = try fields.decodeIfPresent([String].self, forKey: .tags) ?? []
        zone = try fields.decodeIfPresent(String.self, forKey: .zone)
        page = try fields.decodeIfPresent(String.self, forKey: .page)
        person = try fields.decodeIfPresent(String.self, forKey: .person)
    }

    /// - Throws: `Failure`.
    static func load(_ path: String) throws -> SimulatedPerson {
        let file: PersonFile
        do {
            file = try JSONDecoder().decode(PersonFile.self, from: Data(contentsOf: URL(filePath: path)))
        } catch let error as Failure {
            throw Failure("\(path): \(error)")
        } catch DecodingError.typeMismatch(_, let context) {
            let place = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw Failure("\(path): \(place.isEmpty ? "the file" : "'\(place)'") has the wrong type\n\(Self.form)")
        } catch is DecodingError {
            throw Failure("\(path): not valid JSON\n\(Self.form)")
        } catch {
            throw Failure("\(path): \(ErrorDescription.words(error))")
        }
        return SimulatedPerson(
            page: file.page,
            person: file.person ?? SimulatedPerson.standard.person,
            attributes: file.attributes,
            tags: file.tags,
            zone: try file.zone.map { try CommandLineParser.zone($0).identifier }
        )
    }

    static let form =
        #"a person is {"attributes": {"full_name": "Trần Minh"}, "tags": ["vip"], "zone": "Asia/Ho_Chi_Minh"}"#
}
