/// The pages that show mailboxes and push notifications: self-contained documents. Their content comes from strangers,
/// and is inserted as text, never as markup. The HTML of a mail is shown as source.
enum InboxPage {
    static let contentSecurityPolicy =
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    static let mail = html(
        title: "Mailboxes",
        links: #"<a href="/">chat page</a> <a href="/push">push notifications</a>"#,
        script: InboxPageScript.mail
    )

    static let push = html(
        title: "Push notifications",
        links: #"<a href="/">chat page</a> <a href="/mail">mailboxes</a>"#,
        script: InboxPageScript.push
    )

    private static func html(title: String, links: String, script: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="referrer" content="no-referrer">
        <title>\(title) · Messenger sandbox</title>
        <style>
        \(ChatPageStyle.css)
        \(InboxPageStyle.css)
        </style>
        </head>
        <body>
        <header>
          <span class="mark" aria-hidden="true"></span>
          <strong>\(title)</strong>
          <nav>\(links)</nav>
          <span class="quiet">nothing leaves this machine</span>
          <span id="offline" hidden>connection lost, trying again…</span>
        </header>
        <main>
          <aside><ul id="people"></ul></aside>
          <section id="conversation">
            <div id="title">
              <button id="back" type="button" aria-label="all">‹</button>
              <div><strong id="name"></strong><div id="window" class="quiet"></div></div>
            </div>
            <div id="messages" role="log" aria-live="polite"></div>
          </section>
        </main>
        <script>
        \(InboxPageScript.common)
        \(script)
        </script>
        </body>
        </html>
        """
    }
}

enum InboxPageStyle {
    static let css = """
        #messages { gap: 12px; }
        .card { border: 1px solid var(--line); border-radius: 14px; padding: 13px 16px; overflow-wrap: anywhere; }
        .card h2 { margin: 0 0 4px; font-size: 16px; }
        .card .body { margin: 10px 0 0; white-space: pre-wrap; }
        .card .problem { margin-top: 8px; color: #b42318; }
        .card details { margin-top: 8px; }
        .card summary { color: var(--blue); font-size: 13px; cursor: pointer; }
        .card pre { margin: 6px 0 0; padding: 10px; border-radius: 10px; background: var(--pale); overflow-x: auto;
          white-space: pre-wrap; font-size: 12px; }
        """
}
