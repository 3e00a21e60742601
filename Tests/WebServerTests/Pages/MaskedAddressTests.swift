import DripCore
import Testing
import WebServer

@Suite struct MaskedAddressTests {
    @Test(arguments: [
        ("lan.nguyen@gmail.com", "email", "l***@gmail.com"), ("l@gmail.com", "email", "l***@gmail.com"),
        ("\"a@b\"@shop.example", "email", "\"***@shop.example"), ("ẩn@shop.example", "email", "ẩ***@shop.example"),
        ("+84912345678", "sms", "*** 678"), ("84912345678", "whatsapp", "*** 678"), ("0912 345 678", "zns", "*** 678"),
    ])
    func `a person recognises the address, and others learn little`(address: String, channel: String, masked: String) {
        #expect(MaskedAddress(address, on: ChannelName(rawValue: channel))?.text == masked)
    }

    @Test(arguments: [
        ("4512345678901234", "messenger"), ("https://push.example/secret", "push"), ("no address", "email"),
        ("@gmail.com", "email"), ("1900", "sms"), ("", "sms"), ("", "email"),
    ])
    func `an id that says nothing to a person is not shown`(address: String, channel: String) {
        #expect(MaskedAddress(address, on: ChannelName(rawValue: channel)) == nil)
    }
}
