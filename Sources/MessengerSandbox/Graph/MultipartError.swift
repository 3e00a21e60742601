/// What is wrong with a `multipart/form-data` body.
enum MultipartError: Error, Equatable, CustomStringConvertible {
    case noBoundaryParameter
    case noBoundary
    case brokenBoundary
    case unfinished
    case tooManyParts
    case headersTooLong
    case brokenHeaders
    case brokenDisposition
    case encoded

    var description: String {
        switch self {
        case .noBoundaryParameter: "the Content-Type of a multipart body needs a boundary of 1 to 70 characters"
        case .noBoundary: "the boundary that the Content-Type names is not in the body"
        case .brokenBoundary: "a boundary is followed by neither -- nor the end of its line"
        case .unfinished: "the body ends before its last boundary"
        case .tooManyParts: "a multipart body has at most \(MultipartForm.partLimit) parts"
        case .headersTooLong: "the headers of a part have at most \(MultipartForm.headerLimit) bytes"
        case .brokenHeaders: "the headers of a part are not lines of a name, a colon and a value, then an empty line"
        case .brokenDisposition: "a part needs one header Content-Disposition: form-data with a name"
        case .encoded: "the content of a part is not to be encoded"
        }
    }
}
