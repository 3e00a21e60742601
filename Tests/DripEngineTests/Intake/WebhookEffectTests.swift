import TestSupport
import Testing

/// A webhook of every kind that the platform is seen to send, and all that it changes. The forms are those of the platform's
/// documents and of a library that collects them (restfb, MIT); the numbers are ours.
@Suite struct WebhookEffectTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let body: String
        let effect: [String]

        init(_ name: String, _ body: String, _ effect: [String]) {
            testDescription = name
            self.body = body
            self.effect = effect
        }

        /// - Parameter item: one of `messaging`, from the person 100 ten minutes ago, but for what it says itself.
        init(_ name: String, by sender: String = #"{"id":100}"#, item: String, _ effect: [String]) {
            self.init(
                name,
                messaging: #"{"sender":\#(sender),"recipient":{"id":12345654332},"timestamp":1799031000000,\#(item)}"#,
                effect
            )
        }

        init(_ name: String, messaging: String, _ effect: [String]) {
            self.init(name, entry: #""id":12345654332,"time":1799031600000,"messaging":[\#(messaging)]"#, effect)
        }

        init(_ name: String, feed value: String, _ effect: [String]) {
            self.init(name, change: "feed", value, effect)
        }

        init(_ name: String, change field: String, _ value: String, _ effect: [String]) {
            let change = #"{"field":"\#(field)","value":\#(value)}"#
            self.init(name, entry: #""id":"12345654332","time":1799031600,"changes":[\#(change)]"#, effect)
        }

        init(_ name: String, entry: String, _ effect: [String]) {
            self.init(name, #"{"object":"page","entry":[{\#(entry)}]}"#, effect)
        }
    }

    /// What every message and every tap of the person 100 does.
    private static let wrote = ["100 window until +23:50", "100 wrote -0:10", "100 care over: replied"]

    /// What the first message of somebody new does.
    private static func met(_ address: String) -> [String] {
        [
            "person \(address)", "\(address) window until +23:50", "\(address) wrote first -0:10",
            "\(address) wrote -0:10", "\(address) in care by first_message",
        ]
    }

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

    private static let comment =
        #""item":"comment","verb":"add","comment_id":"9_8","post_id":"12345654332_9","parent_id":"12345654332_9","created_time":1799031000"#
    private static let shared = ["person 77", "77 full_name Trần Lan", "77 in share by comment"]

    static let changes = [
        Row(
            "a comment",
            feed: #"{\#(comment),"from":{"id":"77","name":"Trần Lan"},"message":"Đã SHARE"}"#,
            ["comment"] + shared
        ),
        Row(
            "a comment, as it came before",
            feed: #"{\#(comment),"sender_id":77,"sender_name":"Trần Lan","photo":"https:\/\/x","message":"share"}"#,
            ["comment"] + shared
        ),
        Row(
            "a comment on a post that stands in an object of its own",
            feed:
                #"{"item":"comment","verb":"add","comment_id":"9_8","created_time":"1799031000","from":{"id":77,"name":"Trần Lan"},"message":"share","post":{"id":"12345654332_9","status_type":"added_photos","is_published":true}}"#,
            ["comment"] + shared
        ),
        Row(
            "an answer to a comment",
            feed:
                #"{"item":"comment","verb":"add","comment_id":"9_8","post_id":"12345654332_9","parent_id":"9_7","from":{"id":"77","name":"Trần Lan"},"message":"share"}"#,
            ["comment"] + shared
        ),
        Row(
            "a comment whose author the platform does not name",
            feed: #"{\#(comment),"message":"share"}"#,
            ["comment", "person comment:9_8", "comment:9_8 in share by comment"]
        ),
        Row("a comment that nothing awaits", feed: #"{\#(comment),"from":{"id":"77"},"message":"đẹp"}"#, ["comment"]),
        Row("a comment without words", feed: #"{\#(comment),"from":{"id":"77"},"video":"u"}"#, ["comment"]),
        Row(
            "the page's own comment",
            feed: #"{\#(comment),"from":{"id":"12345654332","name":"Shop"},"message":"share"}"#,
            ["feed"]
        ),
        Row(
            "an edited comment",
            feed: #"{"item":"comment","verb":"edited","comment_id":"9_8","sender_id":77,"message":"share"}"#,
            ["feed"]
        ),
        Row("a comment that is gone", feed: #"{"item":"comment","verb":"remove","comment_id":"9_8"}"#, ["feed"]),
        Row("a hidden comment", feed: #"{"item":"comment","verb":"hide","comment_id":"9_8"}"#, ["feed"]),
        Row("a like", feed: #"{"item":"like","verb":"add","post_id":"9_1","sender_id":909653922461664}"#, ["feed"]),
        Row(
            "a reaction to a comment",
            feed: #"{"item":"reaction","verb":"add","comment_id":"9_8","reaction_type":"love","from":{"id":"77"}}"#,
            ["feed"]
        ),
        Row("an edited post", feed: #"{"item":"post","verb":"edit","post_id":"9_1","from":{"id":8423678}}"#, ["feed"]),
        Row(
            "pictures on the page",
            feed: #"{"item":"status","verb":"add","photos":["u","v"],"published":1,"message":"share"}"#,
            ["feed"]
        ),
        Row("a post that is shown again", feed: #"{"item":"status","verb":"unhide","post_id":"9_1"}"#, ["feed"]),
        Row("a form", change: "leadgen", #"{"ad_id":0,"form_id":12345,"leadgen_id":1636129430026801}"#, ["change"]),
        Row("a mention", change: "mention", #"{"item":"post","verb":"add","post_id":"9_1","message":"x"}"#, ["change"]),
        Row(
            "a label of the inbox",
            change: "inbox_labels",
            #"{"user":{"id":"100"},"action":"add","label":{"id":"7","page_label_name":"vip"}}"#,
            ["change"]
        ),
        Row("a template's state", change: "message_template_status_update", #"{"event":"APPROVED"}"#, ["change"]),
        Row("a change of nothing", change: "feed", "null", ["feed"]),
    ]

    static let notices = [
        Row(
            "a block",
            messaging:
                #"{"recipient":{"id":"12345654332"},"timestamp":1458692752478,"policy_enforcement":{"action":"block","reason":"spam"}}"#,
            ["policy_enforcement", "page on hold, policy enforcement: block: spam"]
        ),
        Row(
            "a warning, spelt otherwise",
            entry:
                #""id":12345654332,"time":12341,"messaging":[{"recipient":{"id":"12345654332"},"policy-enforcement":{"action":"warning"}}]"#,
            ["policy-enforcement", "page on hold, policy enforcement: warning"]
        ),
        Row(
            "an unblock",
            messaging: #"{"recipient":{"id":"12345654332"},"timestamp":1,"policy-enforcement":{"action":"unblock"}}"#,
            ["policy-enforcement"]
        ),
        Row(
            "a block and its end",
            messaging:
                #"{"recipient":{"id":"12345654332"},"timestamp":1,"policy_enforcement":{"action":"block"}},{"recipient":{"id":"12345654332"},"timestamp":2,"policy_enforcement":{"action":"unblock"}}"#,
            ["2 policy_enforcement"]
        ),
        Row(
            "account linking",
            messaging:
                #"{"sender":{"id":100},"recipient":{"id":12345654332},"account_linking":{"status":"linked","authorization_code":"C"}}"#,
            ["account_linking"]
        ),
        Row("account unlinking", item: #""account_linking":{"status":"unlinked"}"#, ["account_linking"]),
        Row(
            "a handover",
            item: #""pass_thread_control":{"previous_owner_app_id":null,"new_owner_app_id":"123","metadata":"M"}"#,
            ["pass_thread_control"]
        ),
        Row(
            "a takeover",
            item: #""take_thread_control":{"previous_owner_app_id":123,"new_owner_app_id":null}"#,
            ["take_thread_control"]
        ),
        Row(
            "who asks for a handover",
            item: #""request_thread_control":{"requested_owner_app_id":123456789,"metadata":"M"}"#,
            ["request_thread_control"]
        ),
        Row(
            "roles",
            messaging: #"{"recipient":{"id":"12345654332"},"timestamp":1,"app_roles":{"123":["primary_receiver"]}}"#,
            ["app_roles"]
        ),
        Row("a payment", item: #""payment":{"payload":"P","amount":{"currency":"USD","amount":29.62}}"#, ["payment"]),
        Row("a cart", item: #""order":{"products":[{"id":"1"}],"note":"n"}"#, ["order"]),
        Row("a coupon", item: #""template":{"type":"coupon","payload":"P","coupon_code":"C"}"#, ["template"]),
        Row("feedback", item: #""messaging_feedback":{"feedback_screens":[{"screen_id":0}]}"#, ["messaging_feedback"]),
        Row(
            "feedback on an answer",
            item: #""response_feedback":{"feedback":"Good response","mid":"m_1"}"#,
            ["response_feedback"]
        ),
        Row("what nobody has heard of", item: #""telepathy":{"of":[1,{"2":null}]}"#, ["unknown"]),
        Row("a message that is none", item: #""message":"TEST_MESSAGE""#, ["unknown"]),
        Row("nobody", by: #"{"id":""}"#, item: #""message":{"mid":"m_1","text":"x"}"#, ["message"]),
        Row(
            "nobody who could be printed",
            by: #"{"id":"\u0000"}"#,
            item: #""message":{"mid":"m_1","text":"x"}"#,
            ["message"]
        ),
        Row("nobody, said otherwise", by: "null", item: #""message":{"mid":"m_1","text":"x"}"#, ["message"]),
    ]

    static let batches = [
        Row(
            "the same twice, in two entries",
            #"""
            {"object":"page","entry":[\#
            {"id":"12345654332","time":1799031600000,"messaging":[{"sender":{"id":"100"},"timestamp":1799031000000,"message":{"mid":"m_1"}}]},\#
            {"id":"12345654332","time":1799031600001,"messaging":[{"sender":{"id":"100"},"timestamp":1799031000000,"message":{"mid":"m_1"}}]}]}
            """#,
            ["message", "1 known before"] + wrote
        ),
        Row(
            "several people, of several kinds, in disorder",
            #"""
            {"object":"page","entry":[{"id":"12345654332","time":1799031600000,"messaging":[\#
            {"sender":{"id":"100"},"timestamp":1799031000000,"message":{"mid":"m_2"}},\#
            {"sender":{"id":"100"},"timestamp":1799030400000,"message":{"mid":"m_1"}},\#
            {"sender":{"id":"5"},"timestamp":1799031000000,"telepathy":1}],\#
            "standby":[],"changes":[{"field":"feed","value":{\#(comment),"from":{"id":77,"name":"Trần Lan"},"message":"share"}}]}]}
            """#,
            ["comment", "2 message", "unknown"] + wrote + shared
        ),
        Row(
            "another page",
            entry: #""id":"999","time":1799031600000,"messaging":[{"sender":{"id":"100"},"message":{"mid":"m_1"}}]"#,
            ["1 of a page that is not ours"]
        ),
        Row(
            "an Instagram account",
            #"{"object":"instagram","entry":[{"id":"17841","time":1799031600,"messaging":[{"sender":{"id":"100"},"message":{"mid":"m_1"}}]}]}"#,
            ["1 of a page that is not ours"]
        ),
        Row("nothing", #"{"object":"page","entry":[{"id":"12345654332","time":1,"messaging":[]}]}"#, []),
        Row(
            "the platform's own example of a test",
            #"{"object": "page", "entry": [{"messaging": [{"message": "TEST_MESSAGE"}]}]}"#,
            ["1 of a page that is not ours"]
        ),
        Row(
            "a message overheard starts nothing by being the first",
            entry:
                #""id":"12345654332","time":1799031600000,"standby":[{"sender":{"id":"5"},"timestamp":1799031000000,"message":{"mid":"m_1"}}]"#,
            ["message", "person 5", "5 window until +23:50", "5 wrote -0:10"]
        ),
        Row(
            "of the future",
            entry:
                #""id":"12345654332","messaging":[{"sender":{"id":"100"},"timestamp":1799035200000,"message":{"mid":"m_1"}}]"#,
            ["message", "100 window until +24:00", "100 wrote +0:00", "100 care over: replied"]
        ),
    ]

    @Test(arguments: messages) func `a message`(_ row: Row) async throws { try await check(row) }
    @Test(arguments: taps) func `a tap`(_ row: Row) async throws { try await check(row) }
    @Test(arguments: arrivals) func `a link, a consent, a reaction`(_ row: Row) async throws { try await check(row) }
    @Test(arguments: receipts) func `a receipt`(_ row: Row) async throws { try await check(row) }
    @Test(arguments: echoes) func `an echo`(_ row: Row) async throws { try await check(row) }
    @Test(arguments: changes) func `a change of the page`(_ row: Row) async throws { try await check(row) }
    @Test(arguments: notices) func `a notice`(_ row: Row) async throws { try await check(row) }
    @Test(arguments: batches) func `a batch`(_ row: Row) async throws { try await check(row) }

    private func check(_ row: Row) async throws {
        #expect(try await WebhookBench().effect(of: row.body) == row.effect)
    }

    @Test func `what comes again changes nothing`() async throws {
        for row in Self.messages + Self.taps + Self.arrivals + Self.receipts + Self.changes {
            let bench = try await WebhookBench()
            _ = try await bench.effect(of: row.body)
            let again = try await bench.effect(of: row.body)
            #expect(again.allSatisfy { $0.hasSuffix("known before") }, "\(row.testDescription): \(again)")
        }
    }
}
