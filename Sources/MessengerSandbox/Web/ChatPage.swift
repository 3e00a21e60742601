import Hummingbird

/// The chat page: one self-contained document. Messages are inserted as text, never as markup.
enum ChatPage {
    /// Allows images from this machine only, so that viewing a conversation sends no request to the internet.
    static let contentSecurityPolicy =
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; "
        + "img-src 'self' data: http://127.0.0.1:* http://localhost:*; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'"

    static func html(pageName: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="referrer" content="no-referrer">
        <title>\(escaped(pageName)) · Messenger sandbox</title>
        <style>
        \(ChatPageStyle.css)
        </style>
        </head>
        <body>
        <header>
          <span class="mark" aria-hidden="true"></span>
          <strong>Messenger sandbox</strong>
          <nav><a href="/mail">mailboxes</a> <a href="/push">push notifications</a></nav>
          <span class="quiet">nothing leaves this machine</span>
          <span id="offline" hidden>connection lost, trying again…</span>
        </header>
        <main>
          <aside>
            <button id="new" type="button">+ new person</button>
            <ul id="people"></ul>
          </aside>
          <section id="conversation" data-page="\(escaped(pageName))">
            <div id="title">
              <button id="back" type="button" aria-label="all people">‹</button>
              <div><strong id="name"></strong><div id="window" class="quiet"></div></div>
              <button id="block" type="button"></button>
            </div>
            <div id="messages" role="log" aria-live="polite"></div>
            <form id="compose" autocomplete="off">
              <input id="text" maxlength="20000" aria-label="message" placeholder="Write as this customer…">
              <input id="ref" maxlength="2083" pattern="[0-9A-Za-z_=\\-]*" aria-label="ref" placeholder="ref"
                title="came through an m.me link with this ref (letters, digits, - _ =)">
              <button id="comment" type="button" aria-label="comment on a post of the page"
                title="comment on a post of the page instead">comment</button>
              <button type="submit" aria-label="send">➤</button>
            </form>
            <p id="problem" role="alert" hidden></p>
          </section>
        </main>
        <script>
        \(ChatPageScript.javaScript)
        </script>
        </body>
        </html>
        """
    }

    static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
    }
}

/// `GET /`: the page for writing as a customer.
struct ChatPageEndpoint {
    let pageName: String

    func addRoutes(to router: Router<SandboxRequestContext>) {
        let html = ChatPage.html(pageName: pageName)
        router.get("/") { _, _ in Response.page(html, policy: ChatPage.contentSecurityPolicy) }
        router.get("/favicon.ico") { _, _ in HTTPResponse.Status.noContent }
    }
}
