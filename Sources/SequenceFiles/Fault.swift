/// Why a value's text was not understood; the reader of the file adds the place.
struct Fault: Error, Hashable {
    let message: String
    let suggestion: String?

    init(_ message: String, suggestion: String? = nil) {
        self.message = message
        self.suggestion = suggestion
    }
}
