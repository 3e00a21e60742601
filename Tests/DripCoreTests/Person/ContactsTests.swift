import DripCore
import Testing

@Suite struct ContactsTests {
    @Test(arguments: [
        "0912345678", "0912 345 678", "0912.345.678", "sđt em 0912-345-678 nhé", "+84912345678", "(+84) 912 345 678",
        "+84 0912345678", "84912345678", "Zalo:0912345678.", "gọi 0912345678, cảm ơn", "0912345678\n",
        // Beside other numbers.
        "0912345678 0987654321", "0912345678 - 0987654321", "0912345678-0987654321", "0912345678/0987654321",
        "0912345678.0987654321", "Lan 0912345678 68 Triều Khúc", "size 39 0912345678", "SL:2 0912345678",
        "0912345678 2 hộp", "0912345678-2 hộp", "Lan - 0912345678 - 12 Lê Lợi", "05/12/2026 0912345678",
        // Other characters.
        "0912\u{A0}345\u{A0}678", "\u{202D}0912345678\u{202C}", "0912\u{200B}345678", "0\u{FE0F}\u{20E3}912345678",
        "0912–345–678", "0912\u{2011}345\u{2011}678", "０９１２３４５６７８", "０912 345 ６78", "0٩12345678", "𝟎912345678",
        "0912\u{2009}345\u{2009}678", "＋84912345678", "0912－345－678",
        // Other groups.
        "09 12 34 56 78", "091 234 5678", "0912 34 56 78", "0912 345678", "09123 45678", "0 912 345 678",
        "(091) 234-5678",
        "0084912345678", "tel:+84912345678", "+84-912-345-678", "+84912 345 678", "84 912 345 678", "0912 - 345 - 678",
        "sdt0912345678", "SĐT0912345678", "https://zalo.me/0912345678", "sđt=0912345678", "1. 0912345678",
    ])
    func `a Vietnamese mobile number, however it is written`(text: String) {
        #expect(Contacts(in: text).phone == "+84912345678")
    }

    @Test(arguments: [
        ("028 3822 1234", "+842838221234"), ("02438221234", "+842438221234"), ("+842838221234", "+842838221234"),
        ("+44 20 7946 0958", "+442079460958"), ("+1 (415) 555-2671", "+14155552671"), ("+14155550102", "+14155550102"),
        ("+14155552671 2 hộp", "+14155552671"), ("+447911123456 2 hộp", "+447911123456"),
        ("+5511912345678", "+5511912345678"),
        ("0312345678 hoặc 0912345678", "+84912345678"), ("12345 thì không, 0912345678 thì được", "+84912345678"),
        ("0901.234.567", "+84901234567"), ("(090) 123-4567", "+84901234567"), ("0391234567", "+84391234567"),
        ("02438123456", "+842438123456"), ("0559123456", "+84559123456"), ("0871234567", "+84871234567"),
        ("0521234567", "+84521234567"), ("+840912345678", "+84912345678"), ("0901234567/0912345678", "+84901234567"),
    ])
    func `a landline, a number from abroad, the first of several, a new prefix`(text: String, phone: String) {
        #expect(Contacts(in: text).phone == phone)
    }

    @Test(arguments: [
        "", "Giá bao nhiêu?", "1.500.000 đ", "0123456789012345", "091234567", "09123456789", "0412345678",
        "20 7946 0958", "đơn hàng A0912345678", "đơn 0912345678B", "2027-01-04 09:00", "+0912345678",
        "stk 0071000912345678",
        // Dates and times.
        "Em đặt lịch 05-12-2026 09:30 nhé", "09.12.2026 18 giờ", "02.12.2026 150 cái", "05-12-2026 09", "09 12 2026 18",
        "0912 2026 18", "05/12/2026 09:30", "2026-12-05 0930", "08:30-09:30 12 34 56 78",
        // Amounts.
        "Lãi +150.000.000 mỗi tháng", "giá 84.350.000.000 nhé", "84 350 000 000", "+250.123.456.789", "+550.000.000",
        "+100000000000", "099.000.000 đ", "0912345678đ", "0912345678.50",
        // Prefixes that no network has, old numbers, short ones, and others.
        "0312345678", "0512345678", "0712345678", "0800000000", "01201234567", "01691234567", "1900123456", "113",
        "901234567", "844666531", "02041", "0204123456", "+9991234567890", "+2112345", "#0912345678", "12.0912345678",
        "https://shop.example/p/0912345678", "https://shop.example/?id=0912345678", "0912345678@example.com", "abc",
        "+0084912345678", "9704 0912 3456 7812 345",
    ])
    func `what is no phone number`(text: String) {
        #expect(Contacts(in: text).phone == nil)
    }

    @Test(arguments: [
        ("0912345678", true), ("số mới: 0987 654 321", true), ("0912345678 0912345678", true),
        ("0912345678 hoặc 0987654321", false), ("028 3822 1234", false), ("+44 20 7946 0958", false),
        ("stk 0912345678", false), ("tài khoản momo: 0912345678", false), ("Giá bao nhiêu?", false),
    ])
    func `a number is certain where it can be nothing else`(text: String, isCertain: Bool) {
        #expect(Contacts(in: text).isPhoneCertain == isCertain)
    }

    @Test(
        arguments: [
            ("email em là Lan.Nguyen+shop@Example.com.vn nhé", "lan.nguyen+shop@example.com.vn"),
            ("<a@b.io>", "a@b.io"), ("a@b", nil), ("@shop", nil), ("lan@@example.com", nil),
            ("nguyễn.lan@gmail.com", nil), ("trầnthu@gmail.com", nil), ("lan@công-ty.vn", nil),
            ("o'brien@example.com", nil),
            ("https://user:secret@example.com/x", nil), ("Email:lan@example.com", "lan@example.com"),
            ("mailto:lan@example.com", "lan@example.com"), ("lan@example.com.", "lan@example.com"),
            ("lan＠example．com", "lan@example.com"), ("lan\u{200B}@example.com", "lan@example.com"),
            ("(lan@example.com)", "lan@example.com"), ("lan..a@example.com", nil), (".lan@example.com", nil),
            ("lan@example..com", nil), ("lan@-example.com", nil), ("lan@example.c", nil), ("lan@example.comở", nil),
            ("- lan@example.com", "lan@example.com"), ("-lan@example.com", "lan@example.com"),
            ("gửi về\nlan@example.com\nnhé", "lan@example.com"), ("lan @example.com", nil),
            ("0912345678/lan@example.com", "lan@example.com"), ("a@b@example.com", nil),
            ("fb.com/@shop lan@example.com", "lan@example.com"), ("la\u{301}n@example.com", nil),
        ] as [(String, String?)]
    )
    func `an e-mail address, whole or not at all`(text: String, email: String?) {
        #expect(Contacts(in: text).email == email)
    }

    @Test func `both, and a text of any length`() {
        let text = "0912345678 lan@example.com " + String(repeating: "1 ", count: 200_000)
        #expect(Contacts(in: text).phone == "+84912345678")
        #expect(Contacts(in: text).email == "lan@example.com")
    }

    /// Each takes a moment; where a scanner goes back and forth they take minutes.
    @Test(arguments: ["0", "0 ", "09 ", "+", "+1 ", "@", "a@", "a.", "1-", "84 ", "(", "//a@", "0912345678 ", "٠"])
    func `texts that are made to be slow`(piece: String) {
        let contacts = Contacts(in: String(repeating: piece, count: 100_000))
        #expect(contacts.email == nil)
    }
}
