import DripCore
import Testing

@testable import SequenceFiles

/// What `dripd check` says about buttons, pictures and addresses.
struct ButtonProblemsTests {
    @Test func `buttons that lack something or have too much`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - step: x
                after: 1 h
                text: Chào
                buttons:
                  - {title: Xem bảng giá của chúng tôi ở đây, url: example.com}
                  - {title: Cần tư vấn, start: tu-van}
                  - {titel: Gọi, url: "tel:+84123"}
                  - {title: "{{full_name}}"}
                  - Xem
            """#
        #expect(
            problems(file) == #"""
                a.yaml:8:17: error: the title has 32 characters: Messenger takes 20 on a button
                a.yaml:8:56: error: 'example.com' is not a web address: it must begin with https:// or http://; did you mean 'https://example.com'?
                a.yaml:10:10: error: unknown key 'titel' in a button; did you mean 'title'?
                a.yaml:10:27: error: 'tel:+84123' is not a web address: it must begin with https:// or http://
                a.yaml:11:9: error: 5 buttons: Messenger takes 3 below a text
                a.yaml:11:9: error: a button needs 'url', 'phone', 'postback', 'start', 'tag' or 'stop'
                a.yaml:11:17: error: variables and word lists work only in 'text'
                a.yaml:12:9: error: a button must be a mapping ('key: value'), not a text
                """#
        )
    }

    @Test func `buttons need a text`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - step: x
                after: 1 h
                images: ["https://example.com/a.jpg"]
                buttons: [{title: Xem, url: "https://example.com"}]
            """#
        #expect(
            problems(file) == #"""
                a.yaml:7:5: error: buttons need a text, and this step has none
                """#
        )
    }

    @Test func `addresses that lead nowhere`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - step: x
                after: 1 h
                text: Chào
                images:
                  - media/bang-gia.jpg
                  - https://example.com/bảng giá.jpg
                  - https://
                  - https:///a.jpg
                  - ftp://example.com/a.jpg
                  - https://example.com:99999/a.jpg
                  - "https://example.com/{{city}}.jpg"
                  - [a]
                video: video.mp4
                file: {url: x}
            """#
        #expect(
            problems(file) == #"""
                a.yaml:9:9: error: 'https://example.com/bảng giá.jpg' has characters that an address cannot have: they must be percent-encoded; did you mean 'https://example.com/b%E1%BA%A3ng%20gi%C3%A1.jpg'?
                a.yaml:10:9: error: 'https://' has no host
                a.yaml:11:9: error: 'https:///a.jpg' has no host
                a.yaml:12:9: error: 'ftp' addresses cannot be used: the address must begin with https:// or http://
                a.yaml:13:9: error: 'https://example.com:99999/a.jpg' has no valid port
                a.yaml:14:9: error: variables and word lists work only in 'text'
                a.yaml:15:9: error: an image must be a text, not a list
                a.yaml:17:11: error: 'file' must be a text, not a mapping
                """#
        )
    }

    @Test func `pictures stand in a list`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - step: x
                after: 1 h
                images: https://example.com/a.jpg
            """#
        #expect(
            problems(file) == #"""
                a.yaml:6:13: error: 'images' must be a list, not a text: each entry begins with '- '
                """#
        )
    }

    @Test func `a button that calls a number`() throws {
        let content = "sequence: a\nstart: [manual]\nsteps: [{step: x, after: 1 h, text: x, buttons: [BUTTON]}]\n"
        let good = content.replacing("BUTTON", with: #"{title: Gọi, phone: "+84912345678"}"#)
        let reader = SequenceReader(bytes: Array(good.utf8), path: "a.yaml")
        #expect(
            reader.sequence?.steps.first?.buttons == [Button(title: "Gọi", action: .phone("+84912345678"))]
        )
        #expect(
            problems(content.replacing("BUTTON", with: #"{title: Gọi, phone: "0912 345 678"}"#)) == """
                a.yaml:3:70: error: '0912 345 678' is not a phone number in its international form: + and digits, such as +84912345678; did you mean '+84912345678'?
                """
        )
    }
}
