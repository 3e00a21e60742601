/// Messages, and what answers them with a tap.
extension WebhookEffectTests {
    static let messages = [
        Row(
            "a text, of somebody new",
            by: #"{"id":987654321432}"#,
            item: #""message":{"mid":"mid.1457764197618:41d102a3e1ae206a38","seq":73,"text":"hello, world!"}"#,
            ["message"] + met("987654321432")
        ),
        Row("a text", item: #""message":{"mid":"m_1","text":"chào shop"}"#, ["message"] + wrote),
        Row(
            "a phone number, written as people do",
            item: #""message":{"mid":"m_1","text":"sđt em 0912.345.678 ạ"}"#,
            ["message", wrote[0], wrote[1], "100 phone +84912345678", wrote[2]]
        ),
        Row(
            "a phone number and an address, escaped as the platform escapes",
            item: #""message":{"mid":"m_1","text":"\u0111\u00e2y: (+84) 912 345 678, Lan@Example.com \ud83d\ude22"}"#,
            [
                "message", wrote[0], wrote[1], "100 email lan@example.com", "100 phone +84912345678", wrote[2],
            ]
        ),
        Row(
            "a phone number, tapped",
            item: #""message":{"mid":"m_1","text":"+84912345678","quick_reply":{"payload":"+84912345678"}}"#,
            ["message", wrote[0], wrote[1], "100 phone +84912345678", wrote[2]]
        ),
        Row(
            "a quick reply",
            item: #""message":{"quick_reply":{"payload":"DEVELOPER_DEFINED_PAYLOAD"},"mid":"m_1","text":"Green"}"#,
            ["message"] + wrote
        ),
        Row(
            "a quick reply that tags",
            item: #""message":{"quick_reply":{"payload":"dripd\/tag\/vip"},"mid":"m_1","text":"VIP"}"#,
            ["message", wrote[0], wrote[1], "100 tag vip", wrote[2], "100 in vip by tag:vip"]
        ),
        Row(
            "a wish to get nothing more, its accents in the other form",
            item: #""message":{"mid":"m_1","text":" Du\u031b\u0300ng "}"#,
            ["message", wrote[0], wrote[1], "100 stopped -0:10", "100 care over: stopped"]
        ),
        Row(
            "a reply",
            item: #""message":{"mid":"m_1","text":"x","reply_to":{"mid":"m_1fTq8","is_self_reply":false}}"#,
            ["message"] + wrote
        ),
        Row(
            "a reply to a story",
            item: #""message":{"mid":"m_1","text":"x","reply_to":{"story":{"url":"https:\/\/x","id":"17"}}}"#,
            ["message"] + wrote
        ),
        Row(
            "a mention in a story",
            item:
                #""message":{"mid":"m_1","attachments":[{"type":"story_mention","payload":{"url":"https:\/\/x"}}]}"#,
            ["message"] + wrote
        ),
        Row(
            "a picture",
            item: #""message":{"mid":"m_1","seq":51,"attachments":[{"type":"image","payload":{"url":"https://x"}}]}"#,
            ["message"] + wrote
        ),
        Row(
            "a sticker",
            item:
                #""message":{"mid":"m_1","attachments":[{"type":"sticker","payload":{"url":"u","sticker_id":3692392}}]}"#,
            ["message"] + wrote
        ),
        Row(
            "a sticker, as it came before",
            item:
                #""message":{"mid":"m_1","sticker_id":"36","attachments":[{"type":"image","payload":{"sticker_id":36}}]}"#,
            ["message"] + wrote
        ),
        Row(
            "a fallback",
            item:
                #""message":{"mid":"m_1","text":"x","attachments":[{"type":"fallback","payload":{"url":"u","title":"T"}}]}"#,
            ["message"] + wrote
        ),
        Row(
            "a fallback without content",
            item: #""message":{"mid":"m_1","attachments":[{"type":"fallback","payload":null},{"type":"fallback"}]}"#,
            ["message"] + wrote
        ),
        Row(
            "a place",
            item:
                #""message":{"mid":"m_1","attachments":[{"type":"location","payload":{"coordinates":{"lat":1.5,"long":-2}}}]}"#,
            ["message"] + wrote
        ),
        Row(
            "an attachment of a type that nobody knows",
            item: #""message":{"mid":"m_1","text":null,"attachments":[{"type":"hologram","payload":[1]},7]}"#,
            ["message"] + wrote
        ),
        Row(
            "a shared product",
            item:
                #""message":{"mid":"m_1","attachments":[{"type":"template","payload":{"product":{"elements":[{"id":"1"}]}}}]}"#,
            ["message"] + wrote
        ),
        Row(
            "a template that was sent on",
            item:
                #""message":{"mid":"m_1","attachments":[{"type":"template","payload":{"template_type":"airline_itinerary"}}]}"#,
            ["message"] + wrote
        ),
        Row(
            "a command",
            item: #""message":{"mid":"m_3vs","text":"find flights","commands":[{"name":"flights"}]}"#,
            ["message"] + wrote
        ),
        Row(
            "one that the platform cannot show",
            item: #""message":{"mid":"m_1","is_unsupported":true}"#,
            ["message"] + wrote
        ),
        Row(
            "one with the platform's reading of it, which failed",
            item: #""message":{"mid":"m_1","text":"x","nlp":{"error":{"code":1}}}"#,
            ["message"] + wrote
        ),
        Row(
            "one from the shop's page",
            item: #""message":{"mid":"m_1","text":"x","referral":{"product":{"id":"7"}}}"#,
            ["message"] + wrote
        ),
        Row(
            "one through an ad",
            item:
                #""message":{"mid":"m_1","text":"x","referral":{"ref":"R","ad_id":6302,"source":"ADS","type":"OPEN_THREAD","ads_context_data":{"ad_title":"T","post_id":"5","flow_id":null}}}"#,
            ["message"] + wrote + ["100 in link by ref:R"]
        ),
        Row("one that was taken back", item: #""message":{"mid":"m_1","is_deleted":true}"#, ["message_deleted"]),
        Row(
            "an edit",
            item: #""message_edit":{"mid":"m_1","text":"stop","num_edit":"2"}"#,
            ["message_edit"]
        ),
        Row(
            "ids and times as text",
            messaging:
                #"{"sender":{"id":"100"},"recipient":{"id":"12345654332"},"timestamp":"1799031000000","message":{"mid":"m_1"}}"#,
            ["message"] + wrote
        ),
        Row(
            "a time in seconds",
            messaging: #"{"sender":{"id":"100"},"timestamp":1799031000,"message":{"mid":"m_1"}}"#,
            ["message"] + wrote
        ),
        Row(
            "without a time, it is the entry's",
            entry:
                #""id":12345654332,"time":1799031000000,"messaging":[{"sender":{"id":"100"},"message":{"mid":"m_1"}}]"#,
            ["message"] + wrote
        ),
        Row(
            "half of an emoji",
            item: #""message":{"mid":"m_1","text":"0912345678 \ud83d"}"#,
            ["message", wrote[0], wrote[1], "100 phone +84912345678", wrote[2]]
        ),
        Row(
            "two without an id",
            entry:
                #""id":"12345654332","time":1799031000000,"messaging":[{"sender":{"id":"100"},"message":{"mid":"","text":"a"}},{"sender":{"id":"100"},"message":{"mid":"","text":"0912345678"}}]"#,
            ["2 message", wrote[0], wrote[1], "100 phone +84912345678", wrote[2]]
        ),
    ]

    static let taps = [
        Row(
            "Get Started through a link",
            item:
                #""postback":{"mid":"m_1","title":"T","payload":"GO","referral":{"ref":"R","source":"SHORTLINK","type":"OPEN_THREAD"}}"#,
            ["postback"] + wrote + ["100 in go by postback", "100 in link by ref:R"]
        ),
        Row(
            "one without an id, by somebody new",
            by: #"{"id":987654321432}"#,
            item: #""postback":{"title":"","payload":"GO"}"#,
            [
                "postback", "person 987654321432", "987654321432 window until +23:50", "987654321432 wrote -0:10",
                "987654321432 in go by postback",
            ]
        ),
        Row(
            "one without a payload",
            item: #""postback":{"mid":"m_1","title":"T","referral":null}"#,
            ["postback"] + wrote
        ),
        Row(
            "one of a visitor of a website whom only a user_ref names",
            by: #"{"user_ref":987654321432}"#,
            item:
                #""postback":{"payload":"GO","referral":{"ref":null,"source":"CUSTOMER_CHAT_PLUGIN","type":"OPEN_THREAD","referer_uri":"https:\/\/x","is_guest_user":false},"title":""}"#,
            ["postback"]
        ),
        Row(
            "a stop button",
            item: #""postback":{"mid":"m_1","payload":"dripd/stop"}"#,
            ["postback", wrote[0], wrote[1], "100 stopped -0:10", "100 care over: stopped"]
        ),
        Row(
            "the dashboard's test, in an entry",
            change: "messaging_postbacks",
            #"{"sender":{"id":"100"},"recipient":{"id":"12345654332"},"timestamp":"1799031000","postback":{"mid":"m_1","title":"T","payload":"GO"}}"#,
            ["postback"] + wrote + ["100 in go by postback"]
        ),
        Row(
            "the dashboard's test, as the documents print it",
            #"{"field":"messaging_postbacks","value":{"sender":{"id":"100"},"recipient":{"id":"12345654332"},"timestamp":"1799031000","postback":{"mid":"m_1","title":"T","payload":"X","referral":{"ref":"R","source":"SHORT-URL","type":"OPEN_THREAD"}}}}"#,
            ["postback"] + wrote + ["100 in link by ref:R"]
        ),
    ]
}
