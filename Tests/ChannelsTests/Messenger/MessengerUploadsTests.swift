import Channels
import DripCore
import TestSupport
import Testing

/// What goes to the Attachment Upload API, byte for byte, and what its answers mean.
@Suite struct MessengerUploadsTests {
    @Test func `a file is a form with its kind and its bytes`() async throws {
        let transport = ScriptedTransport(.success(.json(200, #"{"attachment_id":"1857777774821032"}"#)))
        let channel = MessengerChannel(
            transport: ScriptedTransport(),
            uploads: transport,
            graphURL: "https://graph.facebook.com/v25.0",
            tokens: ["1234567890": "a|b"]
        )
        let answer = await channel.upload([0xff, 0xd8, 0x0d, 0x0a], upload(.image, "media/Bảng \"giá\".jpg"))
        #expect(answer == .uploaded(attachment: "1857777774821032"))
        let request = try #require(transport.requests.first)
        #expect(
            request.url == "https://graph.facebook.com/v25.0/1234567890/message_attachments"
        )
        #expect(
            request.headers == [
                HTTPHeader("Authorization", "Bearer a|b"),
                HTTPHeader("Content-Type", "multipart/form-data; boundary=dripd-0123abcd"),
            ]
        )
        let head = """
            --dripd-0123abcd\r
            Content-Disposition: form-data; name="message"\r
            \r
            {"attachment":{"type":"image","payload":{"is_reusable":true}}}\r
            --dripd-0123abcd\r
            Content-Disposition: form-data; name="filedata"; filename="Bảng %22giá%22.jpg"\r
            Content-Type: image/jpeg\r
            \r

            """
        #expect(request.body == Array(head.utf8) + [0xff, 0xd8, 0x0d, 0x0a] + Array("\r\n--dripd-0123abcd--\r\n".utf8))
    }

    @Test(
        arguments: [
            (MediaKind.image, "a.PNG", "image/png"), (.video, "a.mov", "video/quicktime"),
            (.audio, "a.mp3", "audio/mpeg"),
            (.file, "a.pdf", "application/pdf"), (.file, "a.jpg", "image/jpeg"),
            (.file, "a", "application/octet-stream"),
            (.file, ".pdf", "application/octet-stream"),
        ]
    )
    func `the name's ending says what it is`(kind: MediaKind, name: String, type: String) {
        #expect(kind.contentType(of: name) == type)
    }

    @Test(
        arguments: [
            (400, #"{"error":{"message":"no","code":100,"error_subcode":2018047}}"#, "100/2018047 no"),
            (200, #"{"error":{"message":"no","code":190}}"#, "190 no"),
            (200, "{}", "HTTP 200 with an answer that is not the platform's"),
            (502, "<html>", "HTTP 502 with an answer that is not the platform's"),
            (413, "", "HTTP 413 not an answer from the platform"),
        ]
    )
    func `anything else says why`(status: Int, body: String, why: String) async {
        let channel = MessengerChannel(
            transport: ScriptedTransport(.success(.json(status, body))),
            graphURL: "https://example.com",
            tokens: ["1234567890": "t"]
        )
        #expect(await channel.upload([1], upload(.image, "a.jpg")) == .failed(why: why))
    }

    @Test func `without an answer, or a token, it has failed, and may be done again`() async {
        let error = TransportError(arrival: .perhaps, kind: .timeout, message: "no answer within 300 s")
        let channel = MessengerChannel(
            transport: ScriptedTransport(.failure(error)),
            graphURL: "https://example.com",
            tokens: ["1234567890": "t"]
        )
        #expect(await channel.upload([1], upload(.image, "a.jpg")) == .failed(why: "no answer within 300 s"))
        channel.use(tokens: [:])
        #expect(
            await channel.upload([1], upload(.image, "a.jpg"))
                == .failed(why: "page 1234567890 is not in the configuration any more")
        )
    }

    private func upload(_ kind: MediaKind, _ path: String) -> Upload {
        Upload(
            account: AccountID(rawValue: 1),
            page: "1234567890",
            kind: kind,
            file: MediaFile(path: path, location: "/srv/" + path, hash: "0123abcd")
        )
    }
}
