/// Why a control call was refused.
package enum ControlError: Error, Equatable, CustomStringConvertible {
    /// The call makes no sense as it stands.
    case invalid(String)
    case unknownPerson(String)
    /// A limit of the sandbox is reached.
    case full(String)

    package var description: String {
        switch self {
        case .invalid(let what): what
        case .unknownPerson(let id): "nobody has the id \(id)"
        case .full(let what): what
        }
    }

    var status: Int {
        switch self {
        case .invalid: 400
        case .unknownPerson: 404
        case .full: 507
        }
    }
}
