import Foundation
import Testing
import WebServer

@Suite struct PushPageTests {
    private static let page = PushPage(
        shop: "Hoa & Lá",
        serverKey: "BFxOuzU1xbosEt-X29aV",
        token: "c2Vzc2lvbg.x",
        language: .vietnamese
    )

    @Test func `the page explains in one sentence, and has every answer in it`() {
        #expect(
            Self.page.html == """
                <!doctype html>
                <html lang="vi">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="robots" content="noindex, nofollow">
                <meta name="referrer" content="no-referrer">
                <title>Nhận thông báo · Hoa &amp; Lá</title>
                <link rel="stylesheet" href="/p/style.css">
                <link rel="icon" href="/p/icon.svg" type="image/svg+xml">
                <link rel="apple-touch-icon" href="/p/icon.png">
                <link rel="manifest" href="/p/manifest.webmanifest?token=c2Vzc2lvbg.x">
                <script src="/p/push.js" defer></script>
                </head>
                <body>
                <main>
                <h1>Nhận thông báo từ Hoa &amp; Lá</h1>
                <p>Hoa &amp; Lá sẽ gửi tin chăm sóc khách hàng và ưu đãi đến trình duyệt này; quý khách có thể tắt \
                bất cứ lúc nào trong phần cài đặt thông báo của trình duyệt.</p>
                <div id="push" data-key="BFxOuzU1xbosEt-X29aV" data-token="c2Vzc2lvbg.x">
                <div role="status">
                <p class="notice" data-states="working" hidden>Đang bật… Nếu trình duyệt hỏi, xin quý khách chọn \
                “Cho phép”.</p>
                <p class="notice" data-states="done" hidden>Đã bật thông báo trên trình duyệt này. Quý khách có \
                thể đóng trang.</p>
                <p class="notice" data-states="already" hidden>Thông báo đang bật trên trình duyệt này. Nếu không \
                thấy thông báo nào đến, xin quý khách bấm nút để đăng ký lại.</p>
                <p class="notice" data-states="dismissed" hidden>Thông báo chưa được bật, vì quý khách chưa chọn \
                “Cho phép”.</p>
                <p class="notice" data-states="denied" hidden>Trình duyệt đang chặn thông báo của trang này. Để \
                cho phép lại: bấm biểu tượng cạnh thanh địa chỉ, mở Quyền hoặc Cài đặt trang web, chọn Thông báo: \
                Cho phép, rồi tải lại trang.</p>
                <p class="notice" data-states="denied-apple" hidden>Thông báo của trang này đang bị tắt. Để bật \
                lại: mở Cài đặt của máy, chọn Thông báo, chọn Hoa &amp; Lá, bật Cho phép thông báo, rồi mở lại \
                trang.</p>
                <p class="notice" data-states="unsupported" hidden>Trình duyệt này không nhận được thông báo. Nếu \
                quý khách mở trang từ Messenger, Zalo hoặc một ứng dụng khác, xin mở menu (⋮ hoặc ⋯) và chọn “Mở \
                bằng trình duyệt”.</p>
                <p class="notice" data-states="failed" hidden>Chưa bật được thông báo. Xin quý khách kiểm tra kết \
                nối mạng và thử lại sau ít phút. Nếu vẫn không được, xin mở trang này bằng trình duyệt khác.</p>
                <p class="notice" data-states="home-screen" hidden>Trên iPhone và iPad, thông báo chỉ hoạt động \
                khi trang nằm trên Màn hình chính:</p>
                <ol data-states="home-screen" hidden>
                <li>Mở trang này bằng Safari.</li>
                <li>Bấm nút Chia sẻ, rồi chọn “Thêm vào MH chính”.</li>
                <li>Mở trang từ Màn hình chính và bấm “Nhận thông báo”.</li>
                </ol>
                </div>
                <button type="button" data-states="ask already dismissed failed" hidden>Nhận thông báo</button>
                </div>
                <noscript><p class="notice">Trang này cần JavaScript để bật thông báo. Xin quý khách bật \
                JavaScript rồi tải lại trang.</p></noscript>
                </main>
                </body>
                </html>

                """
        )
    }

    @Test func `a shop may promise in its own words`() {
        let page = PushPage(
            shop: "Hoa & Lá",
            promise: "Mỗi tuần một tin về <cây>.",
            serverKey: "B",
            token: "t",
            language: .vietnamese
        )
        #expect(page.wording == "Mỗi tuần một tin về <cây>.")
        #expect(page.html.contains("<p>Mỗi tuần một tin về &lt;cây&gt;.</p>"))
        #expect(Self.page.html.contains("<p>\(Self.page.wording.replacing("&", with: "&amp;"))</p>"))
    }

    @Test func `each state of the script is in the page`() {
        let script = PushScript.javaScript.replacing(/[!=]== '[a-z]+'/, with: "")
        let lines = script.split(separator: "\n").filter { $0.contains(/show\(|const denied/) }
        let states = Set(lines.flatMap { $0.matches(of: /'([a-z-]+)'/).map { String($0.1) } })
        let shown = Self.page.html.matches(of: /data-states="([a-z -]+)"/).flatMap { $0.1.split(separator: " ") }
        #expect(states == Set(shown.map { String($0) }))
        #expect(states.count == 10)
    }

    @Test func `the script asks only after the tap`() {
        let parts = PushScript.javaScript.split(separator: "async function turnOn()")
        #expect(parts.count == 2)
        #expect(!parts[0].contains("requestPermission"))
        #expect(PushScript.javaScript.contains("addEventListener('click', turnOn)"))
    }

    @Test func `scripts need nothing that the policy refuses`() {
        for script in [PushScript.javaScript, PushWorker.javaScript] {
            #expect(!script.contains(/eval\(|new Function|innerHTML|document\.write|importScripts|https?:\/\//))
            #expect(script.utf8.count < 4_096)
        }
    }

    @Test func `the manifest opens the person's own page from the home screen`() throws {
        let json = try PushManifest.json(shop: "Hoa \"&\" Lá\u{202E}\n", token: "c2Vzc2lvbg.x", language: .vietnamese)
        #expect(
            json == #"""
                {"background_color":"#0a6c5d","display":"standalone","icons":[{"sizes":"any","src":"/p/icon.svg",\#
                "type":"image/svg+xml"},{"sizes":"192x192","src":"/p/icon.png","type":"image/png"}],"lang":"vi",\#
                "name":"Hoa \"&\" Lá","scope":"/p/","short_name":"Hoa \"&\" Lá","start_url":"/p/push/c2Vzc2lvbg.x",\#
                "theme_color":"#0a6c5d"}
                """#
        )
    }

    @Test func `the icon is a PNG of 192 pixels`() {
        #expect(PageIcon.png.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        #expect(PageIcon.png[16..<24] == [0, 0, 0, 192, 0, 0, 0, 192])
        #expect(PageIcon.png.suffix(8) == [0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82])
        #expect(PageIcon.svg.hasPrefix(#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 192 192">"#))
    }
}
