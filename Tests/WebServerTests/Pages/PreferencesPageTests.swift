import DripCore
import Testing
import WebServer

@Suite struct PreferencesPageTests {
    @Test func `the page has a switch for each way, each sequence and offers`() {
        #expect(
            Self.page().html() == """
                <!doctype html>
                <html lang="vi">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="robots" content="noindex, nofollow">
                <meta name="referrer" content="no-referrer">
                <title>Tùy chọn nhận tin · Hoa &amp; Lá</title>
                <link rel="stylesheet" href="/p/style.css">
                <link rel="icon" href="/p/icon.svg" type="image/svg+xml">
                </head>
                <body>
                <main>
                <h1>Tin nhắn từ Hoa &amp; Lá</h1>
                <p>Quý khách chọn những gì muốn nhận, rồi bấm Lưu.</p>
                <form method="post" autocomplete="off">
                <fieldset>
                <legend>Nhận tin qua</legend>
                <input type="hidden" name="way-1" value="off">
                <label><input type="checkbox" name="way-1" value="on" checked> <span>Messenger</span></label>
                <input type="hidden" name="way-2" value="off">
                <label><input type="checkbox" name="way-2" value="on"> <span>E-mail \
                <small>l***@gmail.com</small></span></label>
                </fieldset>
                <fieldset>
                <legend>Nội dung đang nhận</legend>
                <input type="hidden" name="sequence-cham-soc" value="off">
                <label><input type="checkbox" name="sequence-cham-soc" value="on" checked> <span>Chăm sóc \
                cây</span></label>
                </fieldset>
                <fieldset>
                <legend>Ưu đãi</legend>
                <input type="hidden" name="offers" value="off">
                <label><input type="checkbox" name="offers" value="on" checked> <span>Nhận tin ưu đãi, khuyến mãi \
                của Hoa &amp; Lá</span></label>
                </fieldset>
                <button name="action" value="save">Lưu</button>
                <hr>
                <p>Ngừng mọi tin từ Hoa &amp; Lá qua mọi kênh, kể cả tin về đơn hàng.</p>
                <button class="quiet" name="action" value="stop">Không nhận tin nào nữa</button>
                <p>Ngừng mọi tin và xóa thông tin của quý khách khỏi hệ thống gửi tin.</p>
                <button class="quiet" name="action" value="forget">Xóa thông tin của tôi</button>
                </form>
                </main>
                </body>
                </html>

                """
        )
    }

    @Test func `after the form is saved the page says so`() {
        let html = Self.page().html(isSaved: true)
        #expect(html.contains(#"<p class="notice" role="status">Đã lưu lựa chọn của quý khách.</p>"#))
    }

    @Test func `a person who has stopped everything reads how to get messages again`() {
        let html = Self.page(isStopped: true).html()
        #expect(html.contains("Quý khách đã ngừng nhận mọi tin từ Hoa &amp; Lá."))
        #expect(!html.contains(#"value="stop""#))
        #expect(html.contains(#"value="save""#))
        #expect(html.contains(#"value="forget""#))
    }

    @Test func `a group without switches is left out`() {
        let page = PreferencesPage(
            shop: "Hoa & Lá",
            ways: [],
            sequences: [],
            offers: false,
            isStopped: false,
            language: .english
        )
        #expect(page.html().matches(of: /<fieldset>/).count == 1)
    }

    @Test func `the wording of offers is what the page shows`() {
        #expect(Self.page().offersWording == "Nhận tin ưu đãi, khuyến mãi của Hoa & Lá")
        #expect(Self.page().html().contains("<span>Nhận tin ưu đãi, khuyến mãi của Hoa &amp; Lá</span>"))
    }

    @Test func `a person is asked again before everything is deleted`() {
        #expect(
            Self.page().forgetQuestion == """
                <!doctype html>
                <html lang="vi">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="robots" content="noindex, nofollow">
                <meta name="referrer" content="no-referrer">
                <title>Xóa thông tin của tôi · Hoa &amp; Lá</title>
                <link rel="stylesheet" href="/p/style.css">
                <link rel="icon" href="/p/icon.svg" type="image/svg+xml">
                </head>
                <body>
                <main>
                <h1>Xóa thông tin của quý khách?</h1>
                <p>Tên, địa chỉ liên lạc và lịch sử tin nhắn của quý khách sẽ bị xóa khỏi hệ thống gửi tin của Hoa \
                &amp; Lá, và không thể khôi phục. Quý khách sẽ không nhận tin nào nữa, kể cả tin về đơn hàng.</p>
                <p>Hệ thống chỉ giữ lại một mã không đọc ra được địa chỉ, để không gửi nhầm tin cho quý khách lần \
                nữa.</p>
                <form method="post">
                <button class="danger" name="action" value="forget-confirmed">Xóa thông tin</button>
                </form>
                <p><a class="button" href="">Quay lại</a></p>
                </main>
                </body>
                </html>

                """
        )
    }

    @Test func `the last page says that the data is deleted`() {
        let html = PreferencesPage.forgotten(shop: "Hoa & Lá", language: .english)
        #expect(
            html.contains(
                "<p>Your data is deleted from the messaging system of Hoa &amp; Lá. You can close this page.</p>"
            )
        )
        #expect(!html.contains("<form"))
    }

    private static func page(isStopped: Bool = false) -> PreferencesPage {
        PreferencesPage(
            shop: "Hoa & Lá",
            ways: [
                PreferencesPage.Way(id: "1", channel: .messenger, address: nil, isOn: true),
                PreferencesPage.Way(
                    id: "2",
                    channel: ChannelName(rawValue: "email"),
                    address: MaskedAddress("lan.nguyen@gmail.com", on: ChannelName(rawValue: "email")),
                    isOn: false
                ),
            ],
            sequences: [PreferencesPage.RunningSequence(id: "cham-soc", title: "Chăm sóc cây", isOn: true)],
            offers: true,
            isStopped: isStopped,
            language: .vietnamese
        )
    }
}
