package import DripCore
import Foundation

/// The platform's answer to a User Profile API call. Source: "User Profile API": the names need Business Asset User Profile
/// Access, the locale and the time zone one permission each. Without access the object is empty.
struct ProfileResponse {
    private let response: HTTPResponse

    init(_ response: HTTPResponse) {
        self.response = response
    }

    var answer: ProfileAnswer {
        guard let body = OutsideJSON.object(response.body) else {
            return .later(why: "HTTP \(response.status) with an answer that is not the platform's")
        }
        if let error = PlatformError(body) { return answer(to: error) }
        guard response.status == 200 else { return .later(why: "HTTP \(response.status)") }
        return profile(body).map(ProfileAnswer.found) ?? .withheld
    }

    private func profile(_ body: [String: Any]) -> Profile? {
        var attributes: [String: String] = [:]
        for (field, name) in [
            ("first_name", "first_name"), ("last_name", "last_name"), ("name", "full_name"), ("locale", "locale"),
        ] {
            // A name without a limit could make a message too long.
            let text = WebhookEnvelope.text(body[field]).map(OutsideText.name) ?? ""
            if !text.isEmpty { attributes[name] = text }
        }
        if attributes["full_name"] == nil {
            let names = [attributes["first_name"], attributes["last_name"]].compactMap(\.self)
            if !names.isEmpty { attributes["full_name"] = OutsideText.name(names.joined(separator: " ")) }
        }
        let zone = zone(body["timezone"])
        return attributes.isEmpty && zone == nil ? nil : Profile(attributes: attributes, zone: zone)
    }

    /// Returns the time zone of an offset in hours from GMT, which has a fraction in some countries.
    private func zone(_ value: Any?) -> TimeZone? {
        guard let hours = WebhookEnvelope.text(value).flatMap(Double.init), (-14...14).contains(hours) else {
            return nil
        }
        return TimeZone(secondsFromGMT: Int((hours * 3600).rounded()))
    }

    private func answer(to error: PlatformError) -> ProfileAnswer {
        // Accounts that were created with a phone number have no profile.
        if error.isWithoutProfile { return .withheld }
        switch error.meaning {
        case .refused(.person, _), .refused(.message, _): return .withheld
        case .refused(.retry, _), .inDoubt: return .failed(why: error.words)
        case .refused: return .later(why: error.words)
        }
    }
}

extension MessengerChannel {
    /// Fetches a person's profile: `GET {graph_url}/{PSID}?fields=…`.
    /// - Parameter fields: the platform's field names.
    package func profile(of address: String, on page: String, fields: [String]) async -> ProfileAnswer {
        guard let credential = credential(of: page) else {
            return .later(why: "page \(page) is not in the configuration any more")
        }
        let url = "\(graphURL)/\(Self.escaped(address))?fields=\(Self.escaped(fields.joined(separator: ",")))"
        do {
            return ProfileResponse(try await ask(credential.request(.get, url), of: page, as: credential)).answer
        } catch {
            return .later(why: error.message)
        }
    }
}
