/// A page's id: a number that is kept as a text.
enum PageText {
    static func parse(_ text: String) throws(Fault) -> String {
        guard text.utf8.count <= 32, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw Fault("'\(text)' is not a page's id: that is a number, such as \"1577703145783617\"")
        }
        return text
    }
}
