import Channels
import Testing

@Suite struct MailServerTests {
    @Test(arguments: [
        "smtp://127.0.0.1", "smtp://127.0.0.1:25", "smtp://localhost:587", "smtp://localhost/care.shop.example",
    ])
    func `a server that only root can start on this machine needs no TLS`(url: String) {
        #expect(MailServer.mayBePlain(url, isTrial: false))
        #expect(MailServer.mayBePlain(url, isTrial: true))
    }

    @Test(arguments: ["smtp://127.0.0.1:1024", "smtp://localhost:2525"])
    func `one that any user can start needs it outside of trials`(url: String) {
        #expect(!MailServer.mayBePlain(url, isTrial: false))
        #expect(MailServer.mayBePlain(url, isTrial: true))
    }

    @Test(arguments: [
        "smtp://mail.example:25", "smtp://127.0.0.1.mail.example:25", "smtp://localhost:25@mail.example",
        "smtp://localhost:25#@mail.example", "smtp://localhost@mail.example", "smtp://127.0.0.2:25",
        "smtp://mail.example/localhost:25", "smtps://127.0.0.1:25", "smtp://localhost:", "smtp://",
    ])
    func `any other needs it`(url: String) {
        #expect(!MailServer.mayBePlain(url, isTrial: false))
        #expect(!MailServer.mayBePlain(url, isTrial: true))
    }
}
