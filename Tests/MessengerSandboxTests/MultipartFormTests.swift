import Testing

@testable import MessengerSandbox

struct MultipartFormTests {
    @Test func `fields and a file are read, with bytes that are no text and look like a boundary`() throws {
        let form = try MultipartForm(
            Array("--xYz\r\nContent-Disposition: form-data; name=\"recipient\"\r\n\r\n{'id':'1'}\r\n".utf8)
                + Array("--xYz\r\ncontent-type: Image/PNG; q=1\r\n".utf8)
                + Array("Content-Disposition: form-data; name=filedata; filename=\"a \\\"b\\\\.png\"\r\n\r\n".utf8)
                + [0xFF, 0x0D, 0x0A, 0x2D, 0x2D, 0x78, 0x00, 0x0D] + Array("\r\n--xYz--\r\n".utf8),
            contentType: "multipart/form-data; boundary=xYz"
        )
        #expect(form.parts.map(\.name) == ["recipient", "filedata"])
        #expect(form.parts.map(\.fileName) == [nil, #"a "b\.png"#])
        #expect(form.parts.map(\.mediaType) == [nil, "image/png"])
        #expect(String(decoding: form.parts[0].content, as: UTF8.self) == "{'id':'1'}")
        #expect(Array(form.parts[1].content) == [0xFF, 0x0D, 0x0A, 0x2D, 0x2D, 0x78, 0x00, 0x0D])
    }

    @Test(arguments: [
        "preamble\r\n--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--epilogue",
        "--b  \r\nContent-Disposition:form-data;name=a\r\n\r\n1\r\n--b--",
    ])
    func `what stands around the parts and white space do not matter`(body: String) throws {
        let form = try MultipartForm(
            Array(body.utf8),
            contentType: #"Multipart/Form-Data; charset=utf-8; boundary="b""#
        )
        #expect(form.parts.map(\.name) == ["a"])
        #expect(form.parts.map { Array($0.content) } == [Array("1".utf8)])
    }

    @Test func `a part may be empty`() throws {
        let form = try MultipartForm(
            Array("--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--b--".utf8),
            contentType: "multipart/form-data; boundary=b"
        )
        #expect(form.parts.map(\.content.count) == [0])
    }

    @Test(arguments: [
        "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"a \"",
        "multipart/form-data; boundary=\(String(repeating: "b", count: 71))", "multipart/mixed; boundary=b",
        "multipart/form-data; boundary=b; boundary=c",
    ])
    func `a Content-Type without a boundary is refused`(contentType: String) {
        #expect(throws: MultipartError.noBoundaryParameter) {
            try MultipartForm(Array("--b--".utf8), contentType: contentType)
        }
    }

    @Test(
        arguments: [
            ("", .noBoundary), ("--c\r\n", .noBoundary), ("--b", .brokenBoundary), ("--bc\r\n", .brokenBoundary),
            ("--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1", .unfinished),
            ("--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b", .brokenBoundary),
            ("--b\r\nContent-Disposition: form-data; name=a\r\n--b--", .brokenHeaders),
            ("--b\r\nContent-Disposition: form-data; name=a\r\n\r\n--b--", .brokenHeaders),
            ("--b\r\nContent Disposition: x\r\n\r\n1\r\n--b--", .brokenHeaders),
            ("--b\r\nno colon\r\n\r\n1\r\n--b--", .brokenHeaders),
            ("--b\r\n\r\n1\r\n--b--", .brokenDisposition),
            ("--b\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--b--", .brokenDisposition),
            ("--b\r\nContent-Disposition: form-data; filename=a\r\n\r\n1\r\n--b--", .brokenDisposition),
            ("--b\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1\r\n--b--", .brokenDisposition),
            (
                "--b\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\n1\r\n--b--",
                .encoded
            ),
            (
                "--b\r\nX: \(String(repeating: "x", count: 8192))\r\n\r\n1\r\n--b--", .headersTooLong
            ),
            (
                String(repeating: "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n", count: 21) + "--b--",
                .tooManyParts
            ),
        ] as [(String, MultipartError)]
    )
    func `a broken body is refused for what is broken`(body: String, error: MultipartError) {
        #expect(throws: error) {
            try MultipartForm(Array(body.utf8), contentType: "multipart/form-data; boundary=b")
        }
    }
}
