import DripCore
import Testing
import WebServer

@Suite struct UnsubscribePageTests {
    @Test func `the page that a link opens has one button, which posts what mail programs post`() throws {
        #expect(
            try Self.page(.english).question == """
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="robots" content="noindex, nofollow">
                <meta name="referrer" content="no-referrer">
                <title>Unsubscribe · Hoa &amp; Lá</title>
                <link rel="stylesheet" href="/p/style.css">
                <link rel="icon" href="/p/icon.svg" type="image/svg+xml">
                </head>
                <body>
                <main>
                <h1>Stop e-mails from Hoa &amp; Lá?</h1>
                <p>E-mail address: <strong>l***@gmail.com</strong></p>
                <p>You will get no more offers from Hoa &amp; Lá, by e-mail or in any other way, and no more \
                e-mails. Only news about your orders will still come.</p>
                <form method="post">
                <button name="List-Unsubscribe" value="One-Click">Unsubscribe</button>
                </form>
                </main>
                </body>
                </html>

                """
        )
    }

    @Test func `the answer confirms, and leads to the preferences`() throws {
        #expect(
            try Self.page(.vietnamese).confirmation(preferences: "/p/c/c2Vzc2lvbg.x") == """
                <!doctype html>
                <html lang="vi">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="robots" content="noindex, nofollow">
                <meta name="referrer" content="no-referrer">
                <title>Đã hủy đăng ký · Hoa &amp; Lá</title>
                <link rel="stylesheet" href="/p/style.css">
                <link rel="icon" href="/p/icon.svg" type="image/svg+xml">
                </head>
                <body>
                <main>
                <h1>Đã hủy đăng ký</h1>
                <p>Địa chỉ e-mail: <strong>l***@gmail.com</strong></p>
                <p>Yêu cầu của quý khách đã được ghi nhận và có hiệu lực ngay: Hoa &amp; Lá không gửi tin ưu đãi \
                qua bất kỳ kênh nào và không gửi e-mail cho quý khách nữa. Riêng tin về đơn hàng của quý khách vẫn \
                được gửi.</p>
                <p><a class="button" href="/p/c/c2Vzc2lvbg.x">Chọn tin muốn nhận</a></p>
                </main>
                </body>
                </html>

                """
        )
    }

    private static func page(_ language: PageLanguage) throws -> UnsubscribePage {
        let address = try #require(MaskedAddress("lan.nguyen@gmail.com", on: ChannelName(rawValue: "email")))
        return UnsubscribePage(shop: "Hoa & Lá", address: address, language: language)
    }
}
