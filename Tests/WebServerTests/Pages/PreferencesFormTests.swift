import Testing
import WebServer

@Suite struct PreferencesFormTests {
    @Test func `a browser's form names each switch that was shown`() throws {
        let form = try #require(
            Self.form(
                "way-1=off&way-1=on&way-2=off&sequence-cham-soc=off&sequence-cham-soc=on&sequence-2=off&offers=off&action=save"
            )
        )
        #expect(form.action == .save)
        #expect(form.ways == ["1": true, "2": false])
        #expect(form.sequences == ["cham-soc": true, "2": false])
        #expect(form.offers == false)
    }

    @Test func `a switch that was not shown stays as it is`() throws {
        let form = try #require(Self.form("action=stop"))
        #expect(form.action == .stop)
        #expect(form.ways == [:])
        #expect(form.sequences == [:])
        #expect(form.offers == nil)
    }

    @Test(arguments: [
        ("action=forget", PreferencesForm.Action.forget), ("action=forget-confirmed", .forgetConfirmed),
        ("%61ction=s%61ve", .save), ("x=1&&=&action=save&y", .save),
    ])
    func `an action is read`(body: String, action: PreferencesForm.Action) {
        #expect(Self.form(body)?.action == action)
    }

    @Test(arguments: [
        "", "action", "action=", "action=delete", "way-1=on", "action=save+", "List-Unsubscribe=One-Click",
        String(repeating: "way-1=on&", count: 1_001) + "action=save",
    ])
    func `a form without a known action, or with too many fields, is none`(body: String) {
        #expect(Self.form(body) == nil)
    }

    @Test(arguments: [
        ("ch%C4%83m", "chăm"), ("a+b%20c", "a b c"), ("100%25", "100%"), ("%", "%"), ("%4", "%4"), ("%zz", "%zz"),
        ("%F", "%F"), ("%+1", "% 1"), ("%ff", "\u{FFFD}"), ("a=b", "a=b"),
    ])
    func `a name is decoded`(written: String, name: String) {
        let form = Self.form("sequence-\(written.replacing("=", with: "%3D"))=on&action=save")
        #expect(form?.sequences == [name: true])
    }

    private static func form(_ body: String) -> PreferencesForm? {
        PreferencesForm(body: Array(body.utf8))
    }
}
