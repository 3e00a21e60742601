/// Words by which people say that they want nothing more.
package enum OptOut {
    /// Where the configuration names none. Each only as a whole message: "dừng" in a sentence may mean anything.
    package static let standard = Set(
        [
            "stop", "stop all", "unsubscribe", "opt out", "opt-out", "cancel", "quit", "end",
            "dừng", "dừng lại", "ngừng", "ngừng nhắn", "ngừng nhận tin", "dừng nhận tin", "huỷ", "hủy", "huỷ đăng ký",
            "hủy đăng ký", "từ chối", "đừng nhắn nữa", "không nhận tin",
        ].map(Phrase.init)
    )
}
