import Testing
import WebServer

@Suite struct NoticePageTests {
    @Test func `an unknown link says what to do`() {
        #expect(
            NoticePage.unknownLink.html(.vietnamese) == """
                <!doctype html>
                <html lang="vi">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="robots" content="noindex, nofollow">
                <meta name="referrer" content="no-referrer">
                <title>Liên kết không còn dùng được</title>
                <link rel="stylesheet" href="/p/style.css">
                <link rel="icon" href="/p/icon.svg" type="image/svg+xml">
                </head>
                <body>
                <main>
                <h1>Liên kết không còn dùng được</h1>
                <p>Liên kết bị thiếu ký tự hoặc đã cũ. Xin quý khách mở lại liên kết trong tin nhắn mới nhất. Nếu \
                không muốn nhận tin nữa, quý khách chỉ cần trả lời tin nhắn của shop bằng chữ DỪNG.</p>
                </main>
                </body>
                </html>

                """
        )
    }

    @Test func `too many requests get a page, too`() {
        let html = NoticePage.tooManyRequests.html(.english)
        #expect(html.contains("<h1>Please try again later</h1>"))
        #expect(
            html.contains(
                "<p>There were too many requests from your network. Wait a minute, then reload this page.</p>"
            )
        )
    }
}
