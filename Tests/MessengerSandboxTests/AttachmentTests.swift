import Testing

@testable import MessengerSandbox

/// Media that is saved under an id, and files that are uploaded.
struct AttachmentTests {
    private static let day: Int64 = 86_400_000

    @Test func `an attachment saved by its URL can be sent by its id for ninety days`() throws {
        let test = try TestPlatform.withOpenWindow()
        #expect(
            test.post("1234567890/message_attachments", Self.image).text == #"{"attachment_id":"300000070000000002"}"#
        )
        #expect(test.sendSaved("300000070000000002").text == #"{"recipient_id":"5678","message_id":"m_7-3"}"#)
        #expect(
            test.platform.log.entries(after: 1, of: nil, count: 9)[0].attachments == [
                Attachment(kind: .image, url: "https://a.vn/1.jpg")
            ]
        )
        test.now += 90 * Self.day - 1
        try test.write("hi")
        #expect(test.sendSaved("300000070000000002").status == 200)
        test.now += 1
        #expect(
            test.sendSaved("300000070000000002").text.hasPrefix(
                """
                {"error":{"message":"(#100) Invalid attachment ID","type":"OAuthException","code":100,\
                "error_subcode":2018074,
                """
            )
        )
        #expect(test.sendSaved("1").errorCode == "100/2018074")
    }

    @Test func `an attachment of one kind is not sent as another`() throws {
        let test = try TestPlatform.withOpenWindow()
        _ = test.post("me/message_attachments", Self.image)
        #expect(test.sendSaved("300000070000000002", as: "video").errorCode == "100/2018047")
    }

    @Test func `a message whose attachment is reusable is answered with an id`() throws {
        let test = try TestPlatform.withOpenWindow()
        let message = #"{"attachment":{"type":"file","payload":{"url":"https://a.vn/1.pdf","is_reusable":true}}}"#
        #expect(
            test.send(#"{"recipient":{"id":"5678"},"message":\#(message)}"#).text
                == #"{"recipient_id":"5678","message_id":"m_7-3","attachment_id":"300000070000000002"}"#
        )
        #expect(test.sendSaved("300000070000000002", as: "file").status == 200)
    }

    @Test(arguments: [
        (
            #"{}"#, "(#100) Param message[attachment][type] must be one of {image, audio, video, file, template}"
        ),
        (
            #"{"message":{"attachment":{"type":"image","payload":{"attachment_id":"1"}}}}"#,
            "(#100) Param message[attachment][payload][url] or filedata is required"
        ),
        (
            #"{"message":{"attachment":{"type":"image","payload":{"is_reusable":true}}}}"#,
            "(#100) Param message[attachment][payload][url] is required"
        ),
    ])
    func `an upload that makes no sense is refused with the reason`(body: String, reason: String) {
        let test = TestPlatform()
        #expect(test.post("me/message_attachments", body).body["error"]?["message"] == .string(reason))
    }

    @Test func `a file goes up in a multipart body, and is served to the chat page`() async throws {
        try await LiveServer.run { server, _ in
            let made = try await server.upload(
                "/v25.0/me/message_attachments?access_token=TOKEN",
                fields: ["message": #"{"attachment":{"type":"image","payload":{"is_reusable":true}}}"#],
                file: "PNG",
                mediaType: "image/png"
            )
            #expect(made.hasSuffix(#"{"attachment_id":"300000070000000001"}"#))
            let file = try await server.get("/sandbox/files/300000070000000001")
            #expect(file.contains("Content-Type: image/png\r\n"))
            #expect(file.contains("Content-Security-Policy: default-src 'none'; sandbox\r\n"))
            #expect(file.hasSuffix("\r\n\r\nPNG"))
            #expect(try await server.get("/sandbox/files/1").hasPrefix("HTTP/1.1 404 "))
        }
    }

    @Test func `a file goes out with its message`() async throws {
        try await LiveServer.run { server, _ in
            try server.sandbox.write(as: "5678", name: nil, text: "hi", ref: nil)
            let sent = try await server.upload(
                "/v25.0/me/messages?access_token=TOKEN",
                fields: [
                    "recipient": "{'id':'5678'}", "message": #"{"attachment":{"type":"file","payload":{}}}"#,
                ],
                file: "<script>",
                mediaType: "text/html"
            )
            #expect(sent.hasSuffix(#"{"recipient_id":"5678","message_id":"m_7-3"}"#))
            #expect(
                server.sandbox.messages(after: 1, of: nil)[0].attachments == [
                    Attachment(
                        kind: .file,
                        url: "http://127.0.0.1:\(server.port)/sandbox/files/300000070000000002"
                    )
                ]
            )
            #expect(
                try await server.get("/sandbox/files/300000070000000002").contains(
                    "Content-Type: application/octet-stream\r\n"
                )
            )
        }
    }

    @Test(arguments: [
        ("image", "text/plain", "100/2018047"), ("video", "image/png", "100/2018047"), ("file", "image/png", nil),
    ])
    func `a file is what its message says`(kind: String, mediaType: String, code: String?) throws {
        let test = try TestPlatform.withOpenWindow()
        let answer = test.upload(kind, [1], mediaType: mediaType)
        #expect(answer.errorCode == code)
    }

    @Test func `a file has at most 25 MB`() async throws {
        let test = try TestPlatform.withOpenWindow()
        let bytes = [UInt8](repeating: 13, count: 25 * 1024 * 1024)
        #expect(test.upload("file", bytes, mediaType: "text/plain").status == 200)
        #expect(test.upload("file", bytes + [13], mediaType: "text/plain").errorCode == "100/2018109")
        try await LiveServer.run { server, _ in
            let huge = String(repeating: "x", count: 26 * 1024 * 1024)
            let answer = try await server.upload(
                "/v25.0/me/message_attachments?access_token=TOKEN",
                fields: [:],
                file: huge,
                mediaType: "text/plain"
            )
            #expect(answer.hasPrefix("HTTP/1.1 400 "))
            #expect(answer.contains(#""message":"(#100) Attachment size exceeds allowable limit""#))
        }
    }

    @Test func `a file without a place in the message is refused`() throws {
        let test = try TestPlatform.withOpenWindow()
        let body =
            "--b\r\nContent-Disposition: form-data; name=recipient\r\n\r\n{'id':'5678'}\r\n"
            + "--b\r\nContent-Disposition: form-data; name=message\r\n\r\n{'text':'hi'}\r\n"
            + "--b\r\nContent-Disposition: form-data; name=filedata; filename=a\r\n\r\n1\r\n--b--"
        let answer = test.send(
            GraphCall(
                object: "me",
                edge: "messages",
                query: "access_token=TOKEN",
                contentType: "multipart/form-data; boundary=b",
                body: Array(body.utf8)
            )
        )
        #expect(answer.text.contains("(#100) filedata needs exactly one message[attachment]"))
    }

    @Test func `what was saved first is forgotten first`() {
        var attachments = Attachments()
        for number in 1...10_001 {
            attachments.append(SavedAttachment(id: "\(number)", kind: .image, url: "", at: 0))
        }
        #expect(attachments["1"] == nil)
        #expect(attachments["2"] != nil)
        let file = UploadedFile(name: "a", mediaType: "b", bytes: [UInt8](repeating: 0, count: 128 * 1024 * 1024))
        for id in ["a", "b", "c"] {
            attachments.append(SavedAttachment(id: id, kind: .image, url: "", at: 0, file: file))
        }
        #expect(attachments["a"] == nil && attachments["10001"] == nil)
        #expect(attachments["b"] != nil && attachments["c"] != nil)
    }

    private static let image =
        #"{"message":{"attachment":{"type":"image","payload":{"url":"https://a.vn/1.jpg","is_reusable":true}}}}"#
}

extension TestPlatform {
    fileprivate func sendSaved(_ id: String, as kind: String = "image") -> GraphAnswer {
        send(
            #"{"recipient":{"id":"5678"},"message":{"attachment":{"type":"\#(kind)","payload":{"attachment_id":"\#(id)"}}}}"#
        )
    }

    fileprivate func upload(_ kind: String, _ bytes: [UInt8], mediaType: String) -> GraphAnswer {
        let head =
            "--b\r\nContent-Disposition: form-data; name=message\r\n\r\n"
            + #"{"attachment":{"type":"\#(kind)","payload":{}}}"#
            + "\r\n--b\r\nContent-Disposition: form-data; name=filedata; filename=a\r\nContent-Type: \(mediaType)\r\n\r\n"
        return send(
            GraphCall(
                object: "me",
                edge: "message_attachments",
                query: "access_token=TOKEN",
                contentType: "multipart/form-data; boundary=b",
                body: Array(head.utf8) + bytes + Array("\r\n--b--".utf8)
            )
        )
    }
}

extension LiveServer {
    fileprivate func upload(
        _ path: String,
        fields: [String: String],
        file: String,
        mediaType: String
    ) async throws -> String {
        var body = ""
        for (name, value) in fields {
            body += "--b\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
        }
        body += "--b\r\nContent-Disposition: form-data; name=\"filedata\"; filename=\"a\"\r\n"
        body += "Content-Type: \(mediaType)\r\n\r\n\(file)\r\n--b--\r\n"
        return try await post(path, body, contentType: "multipart/form-data; boundary=b")
    }
}
