import Foundation

/// The description of any error for people, never just the name of a Swift type.
package enum ErrorDescription {
    package static func words(_ error: any Error) -> String {
        switch error {
        case is CancellationError: return "it was interrupted"
        case let error as DecodingError: return decoding(error)
        case let error as EncodingError: return encoding(error)
        case let error as any LocalizedError where error.errorDescription != nil: return error.errorDescription ?? ""
        case let error as POSIXError: return system(error.code.rawValue)
        default: break
        }
        if type(of: error) is NSError.Type || error is CocoaError || error is URLError {
            return foundation(error as NSError)
        }
        // Any other error has words only if it describes itself. The rest would print their type.
        if type(of: error) is any CustomStringConvertible.Type { return String(describing: error) }
        return spelled(error)
    }

    private static func system(_ number: Int32) -> String {
        String(cString: strerror(number)).lowercased()
    }

    /// Foundation's own words name neither the path nor the system's error.
    private static func foundation(_ error: NSError) -> String {
        let path = error.userInfo[NSFilePathErrorKey] as? String
        let cause = error.userInfo[NSUnderlyingErrorKey] as? any Error
        let original = cause.map { $0 as NSError } ?? error
        let isSystem = original.domain == NSPOSIXErrorDomain
        let reason = isSystem ? system(Int32(truncatingIfNeeded: original.code)) : error.localizedDescription
        return (path.map { "\($0): " } ?? "") + reason
    }

    private static func decoding(_ error: DecodingError) -> String {
        switch error {
        case .typeMismatch(_, let context): "\(place(context.codingPath)) has an unexpected type"
        case .valueNotFound(_, let context): "\(place(context.codingPath)) has no value"
        case .keyNotFound(let key, let context): "\(place(context.codingPath)) has no '\(key.stringValue)'"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? "it is not JSON" : "\(place(context.codingPath)) cannot be read: \(context.debugDescription)"
        @unknown default: "it cannot be read"
        }
    }

    private static func encoding(_ error: EncodingError) -> String {
        switch error {
        case .invalidValue(_, let context): "\(place(context.codingPath)) cannot be written"
        @unknown default: "it cannot be written"
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        path.isEmpty ? "the value" : "'\(path.map(\.stringValue).joined(separator: "."))'"
    }

    /// Returns the type's name in words, `SocketPathWrongType` → "socket path wrong type", followed by the case of an
    /// enumeration.
    private static func spelled(_ error: any Error) -> String {
        let kind = words(of: String(describing: type(of: error)))
        let mirror = Mirror(reflecting: error)
        guard mirror.displayStyle == .enum else { return kind }
        let name = mirror.children.first?.label ?? "\(error)"
        return "\(kind): \(words(of: name))"
    }

    private static func words(of name: String) -> String {
        var words = ""
        var previous: Character?
        for character in name {
            if character.isUppercase, let previous, previous.isLowercase || previous.isNumber { words.append(" ") }
            words.append(contentsOf: character.lowercased())
            previous = character
        }
        return words
    }
}
