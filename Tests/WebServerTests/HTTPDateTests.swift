import Testing

@testable import WebServer

@Suite struct HTTPDateTests {
    @Test func `a moment is written as RFC 9110 wants it`() {
        #expect(HTTPDate().text(at: 784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
    }

    @Test func `each second has its own`() {
        let date = HTTPDate()
        #expect(date.text(at: 0) == "Thu, 01 Jan 1970 00:00:00 GMT")
        #expect(date.text(at: 0) == "Thu, 01 Jan 1970 00:00:00 GMT")
        #expect(date.text(at: 1) == "Thu, 01 Jan 1970 00:00:01 GMT")
    }
}
