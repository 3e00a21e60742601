/// A persona's id: a number that is kept as a text. Its name would not do: the platform's requests take the id alone.
enum PersonaText {
    static let pattern = "^[0-9]{1,32}$"

    static func parse(_ text: String) throws(Fault) -> String {
        guard text.utf8.count <= 32, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw Fault(
                "'\(text)' is not a persona's id: that is the number which the platform gave it when it was made"
            )
        }
        return text
    }
}
