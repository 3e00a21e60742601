package import DripCore
import Foundation

extension MessengerChannel {
    /// Uploads a file for a page, for use in messages for 90 days: `POST {graph_url}/{PAGE_ID}/message_attachments`. Source:
    /// "Attachment Upload API". A file that is uploaded twice has two ids, and both are valid.
    package func upload(_ content: [UInt8], _ upload: Upload) async -> UploadAnswer {
        guard let credential = credential(of: upload.page) else {
            return .failed(why: "page \(upload.page) is not in the configuration any more")
        }
        // The boundary cannot occur in the file: no file contains its own hash.
        var form = MultipartForm(boundary: "dripd-\(upload.file.hash ?? "")")
        form.add("message", #"{"attachment":{"type":"\#(upload.kind.rawValue)","payload":{"is_reusable":true}}}"#)
        form.add(
            "filedata",
            file: upload.file.name,
            contentType: upload.kind.contentType(of: upload.file.name),
            content
        )
        let request = HTTPRequest(
            method: .post,
            url: credential.proven("\(graphURL)/\(Self.escaped(upload.page))/message_attachments"),
            headers: [credential.authorization, HTTPHeader("Content-Type", form.contentType)],
            body: form.bytes,
            timeLimits: .upload
        )
        do {
            return SendAnswer(try await ask(request, of: upload.page, as: credential, uploads: true)).uploaded
        } catch {
            return .failed(why: error.message)
        }
    }
}

extension HTTPTimeLimits {
    /// 25 MB at 1 Mbit/s take 200 s. The platform may then process a video for as long as it takes to fetch one.
    fileprivate static let upload = HTTPTimeLimits(
        connectMilliseconds: 10_000,
        totalMilliseconds: 300_000,
        stallSeconds: 80
    )
}
