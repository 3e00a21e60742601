import DripCore
import Testing

@Suite struct ContactsTests {
    @Test(arguments: [
        "0912345678", "0912 345 678", "0912.345.678", "sđt em 0912-345-678 nhé", "+84912345678", "(+84) 912 345 678",
        "+84 0912345678", "84912345678", "Zalo:0912345678.", "gọi 0912345678, cảm ơn", "0912345678\n",
    ])
    func `a Vietnamese mobile number, however it is written`(text: String) {
        #expect(Contacts(in: text).phone == "+84912345678")
    }

    @Test(arguments: [
        ("028 3822 1234", "+842838221234"), ("02438221234", "+842438221234"), ("+842838221234", "+842838221234"),
        ("+44 20 7946 0958", "+442079460958"), ("+1 (415) 555-2671", "+14155552671"),
        ("0312345678 hoặc 0912345678", "+84312345678"), ("12345 thì không, 0912345678 thì được", "+84912345678"),
    ])
    func `a landline, a number from abroad, the first of several`(text: String, phone: String) {
        #expect(Contacts(in: text).phone == phone)
    }

    @Test(arguments: [
        "", "Giá bao nhiêu?", "1.500.000 đ", "0123456789012345", "091234567", "09123456789", "0412345678",
        "20 7946 0958", "đơn hàng A0912345678", "đơn 0912345678B", "2027-01-04 09:00", "+0912345678",
        "stk 0071000912345678",
    ])
    func `what is no phone number`(text: String) {
        #expect(Contacts(in: text).phone == nil)
    }

    @Test(
        arguments: [
            ("email em là Lan.Nguyen+shop@Example.com.vn nhé", "lan.nguyen+shop@example.com.vn"),
            ("<a@b.io>", "a@b.io"), ("a@b", nil), ("@shop", nil), ("lan@@example.com", nil),
        ] as [(String, String?)]
    )
    func `an e-mail address`(text: String, email: String?) {
        #expect(Contacts(in: text).email == email)
    }

    @Test func `both, and a text of any length`() {
        let text = "0912345678 lan@example.com " + String(repeating: "1 ", count: 200_000)
        #expect(Contacts(in: text).phone == "+84912345678")
        #expect(Contacts(in: text).email == "lan@example.com")
    }
}
