import Foundation
import Testing

@testable import dripd

struct HarmlessTextTests {
    @Test(arguments: [
        ("Lan\u{1B}[31mđỏ\u{7}", #"Lan\u{1B}[31mđỏ\u{7}"#),
        // The other half of the control characters: CSI in one byte, for a terminal that knows it.
        ("a\u{9B}2Jb\u{7F}", #"a\u{9B}2Jb\u{7F}"#),
        ("\u{202E}gnp.exe", #"\u{202E}gnp.exe"#),
        ("a\u{2066}b\u{2069}\u{200E}\u{61C}", #"a\u{2066}b\u{2069}\u{200E}\u{61C}"#),
        ("two\nlines\r\n\ttab", #"two\nlines\r\n\ttab"#),
        ("a\u{2028}b\u{85}c", #"a\u{2028}b\u{85}c"#),
        ("Lan\u{200B}\u{FEFF}\u{2060}\u{AD}", #"Lan\u{200B}\u{FEFF}\u{2060}\u{AD}"#),
        // Fillers that are no spaces, marks of a form that is not there, letters of tags.
        ("\u{3164}\u{115F}x\u{FE0F}", #"\u{3164}\u{115F}x\u{FE0F}"#),
        ("a\u{E0061}\u{E007F}", #"a\u{E0061}\u{E007F}"#),
        ("🏴\u{E0067}\u{E0062}", #"🏴\u{E0067}\u{E0062}"#),
        ("a\u{200D}b \u{200C}", #"a\u{200D}b \u{200C}"#),
        ("a\u{FFF9}b\u{FFFE}", #"a\u{FFF9}b\u{FFFE}"#),
        ("\u{0}", #"\u{0}"#),
    ])
    func `what does harm is shown`(_ text: String, _ shown: String) {
        #expect(TerminalSanitizer.line(text) == shown)
    }

    @Test(arguments: [
        "Nguyễn Thị Bưởi", "Bu\u{31B}o\u{31B}\u{309}i", "👩‍👩‍👧‍👦 ❤️‍🔥 🇻🇳 1️⃣ 👍🏽",
        "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}", "می\u{200C}خواهم", "क्\u{200D}ष", "葛\u{E0100}",
        "שלום", "ที่", "\u{A0}", #"C:\u{1B}"#,
    ])
    func `what a language or an emoji needs stays`(_ text: String) {
        #expect(TerminalSanitizer.line(text) == text)
    }

    @Test func `marks that would cover other lines are shown`() {
        let text = "a" + String(repeating: "\u{300}", count: 10)
        #expect(TerminalSanitizer.line(text) == "a" + String(repeating: "\u{300}", count: 8) + #"\u{300}\u{300}"#)
    }

    @Test func `JSON is escaped by its own means, and stays the same value`() throws {
        let text = "Lan\u{9B}\u{202E}\u{E0061}\u{7F}\n👩‍👧"
        let json = try JSONOutput.line([text])
        #expect(json == #"["Lan\u009b\u202e\udb40\udc61\u007f\n👩‍👧"]"#)
        #expect(try JSONDecoder().decode([String].self, from: Data(json.utf8)) == [text])
    }
}
