import DripCore

/// The texts of the pages, each in every language. The reader is a customer of the shop.
struct PageTexts: Sendable {
    let language: PageLanguage

    private func text(vi: String, en: String) -> String {
        switch language {
        case .vietnamese: vi
        case .english: en
        }
    }
}

// MARK: Unsubscribe

extension PageTexts {
    var unsubscribeTitle: String { text(vi: "Hủy đăng ký e-mail", en: "Unsubscribe") }

    func unsubscribeQuestion(_ shop: String) -> String {
        text(vi: "Ngừng nhận e-mail từ \(shop)?", en: "Stop e-mails from \(shop)?")
    }

    var address: String { text(vi: "Địa chỉ e-mail:", en: "E-mail address:") }

    func unsubscribeEffect(_ shop: String) -> String {
        text(
            vi: """
                Quý khách sẽ không còn nhận tin ưu đãi của \(shop) qua bất kỳ kênh nào, và không còn nhận e-mail của shop. \
                Riêng tin về đơn hàng của quý khách vẫn được gửi.
                """,
            en: """
                You will get no more offers from \(shop), by e-mail or in any other way, and no more e-mails. Only news \
                about your orders will still come.
                """
        )
    }

    var unsubscribe: String { text(vi: "Hủy đăng ký", en: "Unsubscribe") }
    var unsubscribed: String { text(vi: "Đã hủy đăng ký", en: "You are unsubscribed") }

    func unsubscribedEffect(_ shop: String) -> String {
        text(
            vi: """
                Yêu cầu của quý khách đã được ghi nhận và có hiệu lực ngay: \(shop) không gửi tin ưu đãi qua bất kỳ kênh nào \
                và không gửi e-mail cho quý khách nữa. Riêng tin về đơn hàng của quý khách vẫn được gửi.
                """,
            en: """
                We have recorded your request, and it is in force now: \(shop) sends you no more offers in any way, and no \
                more e-mails. Only news about your orders will still come.
                """
        )
    }

    var choose: String { text(vi: "Chọn tin muốn nhận", en: "Choose what you receive") }
}

// MARK: Preferences

extension PageTexts {
    var preferencesTitle: String { text(vi: "Tùy chọn nhận tin", en: "Message preferences") }

    func preferencesHeading(_ shop: String) -> String {
        text(vi: "Tin nhắn từ \(shop)", en: "Messages from \(shop)")
    }

    var preferencesHint: String {
        text(
            vi: "Quý khách chọn những gì muốn nhận, rồi bấm Lưu.",
            en: "Choose what you want to receive, then press Save."
        )
    }

    var ways: String { text(vi: "Nhận tin qua", en: "Where messages reach you") }
    var sequences: String { text(vi: "Nội dung đang nhận", en: "What you are receiving") }
    var offersTitle: String { text(vi: "Ưu đãi", en: "Offers") }

    func offers(_ shop: String) -> String {
        text(vi: "Nhận tin ưu đãi, khuyến mãi của \(shop)", en: "Receive offers and promotions from \(shop)")
    }

    var save: String { text(vi: "Lưu", en: "Save") }
    var saved: String { text(vi: "Đã lưu lựa chọn của quý khách.", en: "Your choices are saved.") }
    var stopTitle: String { text(vi: "Không nhận tin nào nữa", en: "Nothing more") }

    func stopEffect(_ shop: String) -> String {
        text(
            vi: "Ngừng mọi tin từ \(shop) qua mọi kênh, kể cả tin về đơn hàng.",
            en: "Stop all messages from \(shop) on every channel, even news about orders."
        )
    }

    func stopped(_ shop: String) -> String {
        text(
            vi: """
                Quý khách đã ngừng nhận mọi tin từ \(shop). Nếu muốn nhận lại, xin chọn những mục cần nhận rồi bấm Lưu.
                """,
            en: "You have stopped all messages from \(shop). To get some again, choose them and press Save."
        )
    }

    var forgetTitle: String { text(vi: "Xóa thông tin của tôi", en: "Forget me") }

    var forgetHint: String {
        text(
            vi: "Ngừng mọi tin và xóa thông tin của quý khách khỏi hệ thống gửi tin.",
            en: "Stop all messages and delete your data from the messaging system."
        )
    }

    var forgetQuestion: String { text(vi: "Xóa thông tin của quý khách?", en: "Delete your data?") }

    func forgetEffect(_ shop: String) -> String {
        text(
            vi: """
                Tên, địa chỉ liên lạc và lịch sử tin nhắn của quý khách sẽ bị xóa khỏi hệ thống gửi tin của \(shop), và \
                không thể khôi phục. Quý khách sẽ không nhận tin nào nữa, kể cả tin về đơn hàng.
                """,
            en: """
                Your name, your addresses and your message history will be deleted from the messaging system of \(shop). \
                This cannot be undone. You will get no more messages, not even news about orders.
                """
        )
    }

    var forgetRest: String {
        text(
            vi: """
                Hệ thống chỉ giữ lại một mã không đọc ra được địa chỉ, để không gửi nhầm tin cho quý khách lần nữa.
                """,
            en: "Only an unreadable code of your address stays, so that no message is sent to you by mistake."
        )
    }

    var forget: String { text(vi: "Xóa thông tin", en: "Delete my data") }
    var goBack: String { text(vi: "Quay lại", en: "Go back") }
    var forgotten: String { text(vi: "Đã xóa thông tin", en: "Your data is deleted") }

    func forgottenEffect(_ shop: String) -> String {
        text(
            vi: """
                Thông tin của quý khách đã được xóa khỏi hệ thống gửi tin của \(shop). Quý khách có thể đóng trang này.
                """,
            en: "Your data is deleted from the messaging system of \(shop). You can close this page."
        )
    }

    /// The channel's name for a customer.
    func name(of channel: ChannelName) -> String {
        switch channel.rawValue {
        case "email": "E-mail"
        case "messenger": "Messenger"
        case "push": text(vi: "Thông báo trên trình duyệt", en: "Notifications in the browser")
        case "sms": text(vi: "Tin nhắn SMS", en: "Text messages (SMS)")
        case "telegram": "Telegram"
        case "whatsapp": "WhatsApp"
        case "zalo": "Zalo"
        case "zns": text(vi: "Zalo theo số điện thoại", en: "Zalo, by phone number")
        default: channel.rawValue
        }
    }
}

// MARK: Push

extension PageTexts {
    var pushTitle: String { text(vi: "Nhận thông báo", en: "Notifications") }

    func pushHeading(_ shop: String) -> String {
        text(vi: "Nhận thông báo từ \(shop)", en: "Notifications from \(shop)")
    }

    func pushPromise(_ shop: String) -> String {
        text(
            vi: """
                \(shop) sẽ gửi tin chăm sóc khách hàng và ưu đãi đến trình duyệt này; quý khách có thể tắt bất cứ lúc nào \
                trong phần cài đặt thông báo của trình duyệt.
                """,
            en: """
                \(shop) will send care messages and offers to this browser; you can turn them off at any time in the \
                notification settings of the browser.
                """
        )
    }

    var pushButton: String { text(vi: "Nhận thông báo", en: "Get notifications") }

    var pushWorking: String {
        text(
            vi: "Đang bật… Nếu trình duyệt hỏi, xin quý khách chọn “Cho phép”.",
            en: "Turning on… If the browser asks, choose “Allow”."
        )
    }

    var pushDone: String {
        text(
            vi: "Đã bật thông báo trên trình duyệt này. Quý khách có thể đóng trang.",
            en: "Notifications are on in this browser. You can close this page."
        )
    }

    var pushAlready: String {
        text(
            vi: """
                Thông báo đang bật trên trình duyệt này. Nếu không thấy thông báo nào đến, xin quý khách bấm nút để đăng \
                ký lại.
                """,
            en: "Notifications are already on in this browser. If none arrive, press the button to sign up again."
        )
    }

    var pushDismissed: String {
        text(
            vi: "Thông báo chưa được bật, vì quý khách chưa chọn “Cho phép”.",
            en: "Notifications are not on yet, because you did not choose “Allow”."
        )
    }

    var pushDenied: String {
        text(
            vi: """
                Trình duyệt đang chặn thông báo của trang này. Để cho phép lại: bấm biểu tượng cạnh thanh địa chỉ, mở Quyền \
                hoặc Cài đặt trang web, chọn Thông báo: Cho phép, rồi tải lại trang.
                """,
            en: """
                The browser blocks notifications of this page. To allow them again: press the icon beside the address bar, \
                open Permissions or Site settings, set Notifications to Allow, then reload this page.
                """
        )
    }

    func pushDeniedByApple(_ shop: String) -> String {
        text(
            vi: """
                Thông báo của trang này đang bị tắt. Để bật lại: mở Cài đặt của máy, chọn Thông báo, chọn \(shop), bật Cho \
                phép thông báo, rồi mở lại trang.
                """,
            en: """
                Notifications of this page are off. To turn them on again: open the Settings of the device, Notifications, \
                \(shop), and turn on Allow Notifications. Then open this page again.
                """
        )
    }

    var pushUnsupported: String {
        text(
            vi: """
                Trình duyệt này không nhận được thông báo. Nếu quý khách mở trang từ Messenger, Zalo hoặc một ứng dụng khác, \
                xin mở menu (⋮ hoặc ⋯) và chọn “Mở bằng trình duyệt”.
                """,
            en: """
                This browser cannot receive notifications. If you opened this page from Messenger, Zalo or another app, \
                open the menu (⋮ or ⋯) and choose “Open in browser”.
                """
        )
    }

    var pushHomeScreen: String {
        text(
            vi: "Trên iPhone và iPad, thông báo chỉ hoạt động khi trang nằm trên Màn hình chính:",
            en: "On iPhone and iPad, notifications work only when this page is on the Home Screen:"
        )
    }

    var pushHomeScreenSteps: [String] {
        switch language {
        case .vietnamese:
            [
                "Mở trang này bằng Safari.", "Bấm nút Chia sẻ, rồi chọn “Thêm vào MH chính”.",
                "Mở trang từ Màn hình chính và bấm “\(pushButton)”.",
            ]
        case .english:
            [
                "Open this page in Safari.", "Press the Share button and choose “Add to Home Screen”.",
                "Open the page from the Home Screen and press “\(pushButton)”.",
            ]
        }
    }

    var pushFailed: String {
        text(
            vi: """
                Chưa bật được thông báo. Xin quý khách kiểm tra kết nối mạng và thử lại sau ít phút. Nếu vẫn không được, xin \
                mở trang này bằng trình duyệt khác.
                """,
            en: """
                Notifications could not be turned on. Check your connection and try again in a few minutes. If it still \
                fails, open this page in another browser.
                """
        )
    }

    var pushWithoutScript: String {
        text(
            vi: "Trang này cần JavaScript để bật thông báo. Xin quý khách bật JavaScript rồi tải lại trang.",
            en: "This page needs JavaScript to turn on notifications. Turn on JavaScript, then reload this page."
        )
    }
}

// MARK: Notices

extension PageTexts {
    var unknownLink: String { text(vi: "Liên kết không còn dùng được", en: "This link does not work") }

    var unknownLinkHelp: String {
        text(
            vi: """
                Liên kết bị thiếu ký tự hoặc đã cũ. Xin quý khách mở lại liên kết trong tin nhắn mới nhất. Nếu không muốn \
                nhận tin nữa, quý khách chỉ cần trả lời tin nhắn của shop bằng chữ DỪNG.
                """,
            en: """
                The link is incomplete or too old. Open the link in the newest message. If you want no more messages, \
                answer any message of the shop with the word STOP.
                """
        )
    }

    var tooManyRequests: String { text(vi: "Vui lòng thử lại sau", en: "Please try again later") }

    var tooManyRequestsHelp: String {
        text(
            vi: "Có quá nhiều yêu cầu từ mạng của quý khách. Xin chờ một phút rồi tải lại trang.",
            en: "There were too many requests from your network. Wait a minute, then reload this page."
        )
    }
}
