/// What happens on the page, and what the platform tells it.
extension WebhookEffectTests {
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
            "a comment that is edited into the keyword",
            feed:
                #"{"item":"comment","verb":"edited","comment_id":"9_8","post_id":"12345654332_9","from":{"id":"77","name":"Trần Lan"},"message":"share"}"#,
            ["comment"] + shared
        ),
        Row(
            "an edited comment that nothing awaits",
            feed: #"{"item":"comment","verb":"edited","comment_id":"9_8","sender_id":77,"message":"share"}"#,
            ["comment"]
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
                #"{"recipient":{"id":"12345654332"},"timestamp":1799031000000,"policy_enforcement":{"action":"block","reason":"spam"}}"#,
            ["policy_enforcement", "page on hold, policy enforcement: block: spam"]
        ),
        Row(
            "a warning, spelt otherwise",
            entry:
                #""id":12345654332,"time":1799031000,"messaging":[{"recipient":{"id":"12345654332"},"policy-enforcement":{"action":"warning"}}]"#,
            ["policy-enforcement", "page on hold, policy enforcement: warning"]
        ),
        Row(
            "a block of two days ago",
            messaging:
                #"{"recipient":{"id":"12345654332"},"timestamp":1798858800000,"policy_enforcement":{"action":"block"}}"#,
            ["policy_enforcement"]
        ),
        Row(
            "a block of long ago",
            messaging:
                #"{"recipient":{"id":"12345654332"},"timestamp":1458692752478,"policy_enforcement":{"action":"block"}}"#,
            []
        ),
        Row(
            "an unblock",
            messaging:
                #"{"recipient":{"id":"12345654332"},"timestamp":1799031000001,"policy-enforcement":{"action":"unblock"}}"#,
            ["policy-enforcement"]
        ),
        Row(
            "a block and its end",
            messaging:
                #"{"recipient":{"id":"12345654332"},"timestamp":1799031000001,"policy_enforcement":{"action":"block"}},{"recipient":{"id":"12345654332"},"timestamp":1799031000002,"policy_enforcement":{"action":"unblock"}}"#,
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
            messaging:
                #"{"recipient":{"id":"12345654332"},"timestamp":1799031000,"app_roles":{"123":["primary_receiver"]}}"#,
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
}
