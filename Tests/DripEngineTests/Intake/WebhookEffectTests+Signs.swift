/// What people and the page do besides writing.
extension WebhookEffectTests {
    static let arrivals = [
        Row(
            "an m.me link",
            item: #""referral":{"ref":"R","source":"SHORTLINK","type":"OPEN_THREAD"}"#,
            ["referral", "100 window until +23:50", "100 in link by ref:R"]
        ),
        Row(
            "an ad",
            item:
                #""referral":{"ref":"R","ad_id":6302,"source":"ADS","type":"OPEN_THREAD","referer_uri":"u","ads_context_data":{"ad_title":"T"}}"#,
            ["referral", "100 window until +23:50", "100 in link by ref:R"]
        ),
        Row(
            "the answers to a lead ad, its time in seconds",
            messaging:
                #"{"sender":{"id":"100"},"recipient":{"id":"12345654332"},"timestamp":1799031000,"referral":{"source":"ADS","type":"LEAD_COMPLETE","ad_id":"6302572858686"},"lead":{"data":[{"question":"City?","answer":"Huế"}]}}"#,
            ["referral", "100 window until +23:50"]
        ),
        Row(
            "Send to Messenger",
            item: #""optin":{"ref":"R"}"#,
            ["referral", "100 window until +23:50", "100 in link by ref:R"]
        ),
        Row(
            "Send to Messenger, with a type that says nothing",
            item: #""optin":{"ref":"R","type":null}"#,
            ["referral", "100 window until +23:50", "100 in link by ref:R"]
        ),
        Row(
            "a checkbox, which names nobody",
            messaging:
                #"{"recipient":{"id":12345654332},"timestamp":1799031000,"optin":{"ref":"R","user_ref":"UNIQUE"}}"#,
            ["referral"]
        ),
        Row(
            "Notify Me",
            item: #""optin":{"type":"one_time_notif_req","payload":"STOCK","one_time_notif_token":"T"}"#,
            ["optin", "100 subscribed one_time STOCK"]
        ),
        Row(
            "recurring notifications",
            by: #"{"id":987654321432}"#,
            item:
                #""optin":{"type":"notification_messages","payload":"NEWS","notification_messages_token":"T","notification_messages_frequency":"DAILY","notification_messages_timezone":"UTC","token_expiry_timestamp":2145916800000,"user_token_status":"NOT_REFRESHED","title":"t"}"#,
            ["optin", "person 987654321432", "987654321432 subscribed marketing NEWS"]
        ),
        Row(
            "recurring notifications without end",
            item:
                #""optin":{"type":"notification_messages","notification_messages_token":"T","token_expiry_timestamp":9223372036854775807}"#,
            ["optin", "100 subscribed marketing"]
        ),
        Row(
            "recurring notifications, stopped",
            item:
                #""optin":{"type":"notification_messages","notification_messages_token":"T","notification_messages_status":"STOP NOTIFICATIONS"}"#,
            ["optin"]
        ),
        Row(
            "a reaction",
            item: #""reaction":{"mid":"mid.100","action":"react","emoji":"\u2764\uFE0F","reaction":"love"}"#,
            ["reaction", "100 window until +23:50"]
        ),
        Row("a reaction that is taken back", item: #""reaction":{"mid":"mid.100","action":"unreact"}"#, ["unreact"]),
    ]

    static let receipts = [
        Row(
            "a delivery without a time",
            messaging:
                #"{"sender":{"id":100},"recipient":{"id":12345654332},"delivery":{"mids":["mid.100"],"watermark":1799025600000,"seq":37}}"#,
            ["delivery", "100 care/hello delivered"]
        ),
        Row(
            "a delivery without ids",
            item: #""delivery":{"watermark":"1799025600000"}"#,
            ["delivery", "100 care/hello delivered"]
        ),
        Row(
            "a delivery of what came before ours",
            item: #""delivery":{"mids":["mid.99"],"watermark":1799024400000}"#,
            ["delivery"]
        ),
        Row(
            "a delivery of what came long before ours",
            item: #""delivery":{"mids":["mid.1"],"watermark":1798600000000}"#,
            ["delivery"]
        ),
        Row("a read", item: #""read":{"watermark":1799025600000,"seq":38}"#, ["read", "100 care/hello read"]),
        Row(
            "a read of somebody whom we do not know",
            by: #"{"id":5}"#,
            item: #""read":{"watermark":1799025600000}"#,
            ["read"]
        ),
        Row(
            "a read, overheard",
            entry:
                #""id":"12345654332","time":1799031600000,"standby":[{"sender":{"id":"100"},"recipient":{"id":"12345654332"},"timestamp":1799031000000,"read":{"watermark":1799025600000}}]"#,
            ["read", "100 care/hello read"]
        ),
    ]

    private static func echo(_ content: String) -> String {
        #"{"sender":{"id":"12345654332"},"recipient":{"id":"100"},"timestamp":1799031000000,"message":{\#(content)}}"#
    }

    static let echoes = [
        Row(
            "of an app",
            messaging: echo(#""is_echo":true,"app_id":1517776481860111,"metadata":"M","mid":"m_1","text":"hello""#),
            ["echo"]
        ),
        Row(
            "of the page's inbox",
            messaging: echo(#""is_echo":true,"app_id":26390203743090,"mid":"m_1","text":"0987654321""#),
            ["echo", "100 human wrote -0:10"]
        ),
        Row(
            "of no app",
            messaging: echo(#""is_echo":true,"mid":"m_1","text":"hello""#),
            ["echo", "100 human wrote -0:10"]
        ),
        Row(
            "of the page's inbox, all as text",
            messaging: echo(#""is_echo":"true","app_id":"263902037430900","mid":"m_1","text":"hello""#),
            ["echo", "100 human wrote -0:10"]
        ),
        Row(
            "of the page, which does not say that it is one",
            messaging: echo(#""mid":"m_1","text":"hello""#),
            ["echo", "100 human wrote -0:10"]
        ),
        Row(
            "of a template, overheard",
            entry:
                #""id":"12345654332","time":1799031600000,"standby":[\#(echo(#""mid":"qT7y","is_echo":true,"app_id":"9","attachments":[{"title":"","url":"u","type":"template","payload":{"template_type":"media","elements":[{"media_type":"image","attachment_id":2457235337685388}]}}]"#))]"#,
            ["echo"]
        ),
        Row(
            "of a reaction of the page",
            messaging:
                #"{"sender":{"id":"12345654332"},"recipient":{"id":"100"},"timestamp":1799031000000,"reaction":{"mid":"m_1","action":"react","reaction":"love"}}"#,
            ["reaction"]
        ),
    ]
}
