/// The reason why a request was not carried out.
package struct ControlRefusal: Codable, Sendable {
    package let error: String

    package init(error: String) {
        self.error = error
    }
}
