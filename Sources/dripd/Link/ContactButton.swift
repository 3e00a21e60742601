import QRCodes

/// A link as a button for the shop's own web pages: one element, without scripts and without anything to be loaded.
enum ContactButton {
    static func html(url: String, label: String) -> String {
        """
        <a href="\(url.escapedForMarkup)" target="_blank" rel="noopener" style="display:inline-block;padding:12px 20px;\
        border-radius:8px;background:#0a5fe0;color:#fff;font:600 16px/1.25 system-ui,sans-serif;text-decoration:none">\
        \(label.escapedForMarkup)</a>
        """
    }
}
