import ArgumentParser
import Foundation
import Glibc
import SafeFiles
import SequenceFiles

struct Initialize: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Create a folder with a configuration, a place for secrets and a first sequence.",
        discussion: "No file is overwritten: if the folder already has one of these files, nothing is written."
    )

    @Argument(
        help: ArgumentHelp("The folder. It is created if it is missing.", valueName: "dir"),
        completion: .directory
    )
    var directory = "."

    func run() throws {
        let base = URL(filePath: directory)
        let existing = Self.files.map(\.path).filter {
            FileManager.default.fileExists(atPath: base.appending(path: $0).path)
        }
        guard existing.isEmpty else {
            throw Failure("\(existing.joined(separator: ", ")) in \(directory): already there; nothing was written")
        }
        let folders = Set(
            Self.files.map { base.appending(path: $0.path).deletingLastPathComponent().path } + [base.path]
        )
        let made = folders.filter { !FileManager.default.fileExists(atPath: $0) }
        do throws(FileFailure) {
            try Self.write(to: directory)
        } catch {
            // If some files stayed, the next attempt would write none.
            for file in Self.files { try? FileManager.default.removeItem(at: base.appending(path: file.path)) }
            for folder in made.sorted(by: { $0.count > $1.count }) { rmdir(folder) }
            throw Failure("cannot write \(error)\nnothing was written")
        }
        let into = directory == "." ? "" : "cd \(Self.quoted(directory))\n  "
        try Output.standard.paragraph(
            """
            Wrote \(Self.files.map(\.path).joined(separator: ", ")).

            Next:
              \(into)put the app secret, the verify token and the page token into secrets/ (see secrets/README)
              put your page's id into dripd.yaml
              dripd check
              dripd run

            Or try it without a page, with a word in place of each secret:
              \(into)for secret in app_secret verify_token page_token; do
                echo trial > secrets/$secret; done
              chmod 600 secrets/*
              sed -i 's|^  graph_url: .*|  graph_url: http://127.0.0.1:8788/v25.0|' \\
                dripd.yaml
              dripd sandbox --config dripd.yaml &
              dripd run
            and write as a customer at http://127.0.0.1:8788/
            """
        )
    }

    /// Writes the files by descriptors, so that planted links under these names lead nowhere.
    private static func write(to path: String) throws(FileFailure) {
        let directory = try OpenDirectory(making: path, mode: 0o777)
        for file in files {
            let parts = file.path.split(separator: "/").map(String.init)
            var folder = directory
            if parts.count == 2 {
                folder = try folder.makeDirectory(parts[0], mode: parts[0] == "secrets" ? 0o700 : 0o777)
                if parts[0] == "secrets", fchmod(folder.descriptor, 0o700) != 0 { throw FileFailure(folder.path) }
            }
            let descriptor = try folder.makeFile(parts[parts.count - 1], mode: 0o666)
            defer { close(descriptor) }
            try PlainFile.write(file.content.utf8, to: descriptor, folder.path(of: parts[parts.count - 1]))
        }
    }

    /// Returns the path quoted for a shell.
    private static func quoted(_ path: String) -> String {
        let isPlain = path.allSatisfy { $0.isLetter || $0.isNumber || "/._-".contains($0) }
        return isPlain ? path : "'" + path.replacing("'", with: #"'\''"#) + "'"
    }

    private static let files: [(path: String, content: String)] = [
        ("dripd.yaml", StarterFiles.configuration), ("Sequences/cham-soc.yaml", StarterFiles.sequence),
        // For editors: the sequence names it in its first line.
        ("Sequences/sequence.schema.json", JSONSchema.text), ("secrets/README", StarterFiles.secrets),
        (".gitignore", StarterFiles.ignore),
    ]
}

/// The files that `dripd init` writes.
enum StarterFiles {
    static let configuration = #"""
        # dripd's configuration. Paths are relative to this file. `dripd check` finds its errors.

        listen: 127.0.0.1:8787            # receives webhooks; put a web server with HTTPS in front of it
        # state_directory: ./state        # the database of people and enrollments; back it up
        # control_socket: ./state/control.sock
        sequences: ./Sequences
        timezone: Asia/Ho_Chi_Minh        # for people and sequences without one
        # adopt: {confirm_above: 1000}    # a reload that would send to more people at once waits for `dripd apply`
        # opt_out: [đủ rồi]               # more words that stop all messages; {only: […]} replaces stop, dừng, …
        # messages_per_person_per_day: 3  # over all sequences; more messages wait for the next day; none: no limit

        messenger:
          # graph_url: http://127.0.0.1:8788/v25.0    # to try it without a page: `dripd sandbox --config dripd.yaml`
          graph_url: https://graph.facebook.com/v25.0
          app_secret: {file: secrets/app_secret}      # developers.facebook.com, your app, Settings, Basic
          verify_token: {file: secrets/verify_token}  # a word of your own; give it to the platform with the webhook's address
          pages:
            - id: "1577703145783617"                  # your page's id
              token: {file: secrets/page_token}       # the page's access token
              rate: 10/s                              # messages a second, at most; above 40 the platform freezes the inbox

        """#

    static let secrets = #"""
        One file for each secret, with nothing but the secret in it, readable by you alone (chmod 600):

          app_secret     developers.facebook.com, your app, Settings, Basic: "App secret"
          verify_token   a word of your own; the platform asks for it when you register the webhook
          page_token     the page's access token

        This folder is in .gitignore: secrets do not belong in git.

        """#

    static let ignore = #"""
        secrets/*
        !secrets/README
        state/

        """#

    /// The exact text of `Sequences/cham-soc.yaml` in this project: a test compares the two.
    static let sequence = #"""
        # yaml-language-server: $schema=./sequence.schema.json
        # Chăm sóc khách mới: năm tin nhắn trong một tháng, tính từ lúc khách nhắn tin lần đầu.
        #
        # Mỗi tệp là một kịch bản. Sửa xong, chạy `dripd check` để biết chỗ nào sai, sai ở dòng nào.

        sequence: cham-soc                 # tên kịch bản, trùng với tên tệp
        title: Chăm sóc khách mới          # tên hiển thị, chỉ người trong nhóm thấy

        start:                             # điều gì đưa khách vào kịch bản
          - first_message                  # khách nhắn tin cho trang lần đầu tiên

        again: never                       # mỗi khách chỉ đi qua kịch bản này một lần

        # Messenger chỉ cho gửi tin trong 24 giờ kể từ lần cuối khách nhắn. Khách im lặng thì:
        #   pull_into_window   tin được gửi sớm hơn chừng ấy để còn kịp 24 giờ
        #   ask: email         tin đầu mời khách để lại địa chỉ e-mail; khách để lại tức là đồng ý nhận thư
        #   email:             đến hạn mà Messenger đã đóng thì tin này đi bằng thư, nếu khách đã để lại địa chỉ
        # Khách không để lại địa chỉ thì tin chờ khách nhắn lại; quá hai ngày thì bỏ qua, vì lời hỏi thăm "hôm qua" mà năm ngày sau
        # mới tới chỉ làm khách bối rối.
        late: {after: 2 days, then: skip}

        # Trong phần text:
        #   {{full_name, default: "bạn"}}  tên của khách; nếu Facebook không cho biết tên thì dùng chữ trong ngoặc kép
        #   {{Chào|Xin chào}}              chọn một trong các từ; cùng một khách thì luôn ra cùng một từ
        steps:
          - step: chao                     # tên bước, không trùng nhau trong một tệp
            after: 15 min                  # bao lâu sau khi bắt đầu: s, min, h, day, week, month (hoặc phút, giờ, ngày, tuần, tháng)
            text: |
              {{Chào|Xin chào}} {{full_name, default: "bạn"}}, {{cảm ơn bạn đã nhắn tin cho shop|shop rất vui được làm quen với bạn}} ạ!
              Bạn đang quan tâm đến sản phẩm nào, cứ nhắn ở đây, shop {{xem|đọc}} và trả lời từng tin một.
            ask:                           # câu mời được lưu lại làm bằng chứng khách đã đồng ý
              email: {text: "Bạn muốn shop gửi thêm lời dặn qua thư thì để lại địa chỉ e-mail nhé, bỏ lúc nào cũng được."}
            buttons:                       # nhiều nhất 3 nút, tên nút dài nhất 20 ký tự; trong thư thì thành liên kết
              - {title: Xem bảng giá, url: "https://example.com/bang-gia"}

          - step: ngay-1
            after: 1 day
            pull_into_window: 30 min       # khách im lặng vẫn nhận được: sau 23 giờ 54 phút
            text: |
              {{full_name, default: "Bạn"}} ơi, hôm qua bạn có nhắn cho shop, không biết shop đã tư vấn đủ cho bạn chưa ạ?
              {{Còn điều gì bạn phân vân|Bạn còn băn khoăn chỗ nào}} như giá, cách dùng hay giao hàng, bạn cứ hỏi, đừng ngại nhé.

          - step: tuan-1
            after: 1 week
            email: {subject: "Bảng chọn sản phẩm cho bạn"}   # nội dung thư là phần text ở dưới
            push: {title: "Bảng chọn sản phẩm", body: "Shop gửi bạn bảng chọn sản phẩm theo nhu cầu."}   # thông báo trên trình duyệt
            text: |
              Chào {{full_name, default: "bạn"}}, {{một tuần rồi|mới đó đã một tuần}} từ lần đầu bạn ghé shop.
              Shop gửi bạn bảng chọn sản phẩm theo nhu cầu, {{nhiều khách bảo là dễ xem|xem một lượt là chọn được}}. Bạn tham khảo nhé.
            buttons:
              - {title: Xem bảng chọn, url: "https://example.com/bang-chon-san-pham"}

          - step: ngay-15
            after: 15 days
            email: {subject: "Bạn dùng thấy thế nào?"}
            push: {title: "Bạn dùng thấy thế nào?", body: "Cho shop xin vài lời nhận xét nhé."}
            text: |
              {{full_name, default: "Bạn"}} ơi, dạo này {{bạn khỏe không ạ|công việc của bạn thế nào}}?
              Nếu bạn đã dùng sản phẩm rồi thì cho shop xin vài lời nhận xét, hay dở gì shop cũng {{lắng nghe|muốn nghe}}. Còn nếu bạn vẫn đang cân nhắc thì không sao cả, khi nào cần tư vấn thêm bạn cứ nhắn.

          - step: thang-1
            after: 1 month                 # đúng ngày này tháng sau
            email: {subject: "Tròn một tháng bạn biết đến shop"}
            push: {title: "Tròn một tháng", body: "Shop cảm ơn bạn. Khi nào cần, bạn cứ nhắn một câu."}
            text: |
              {{Chào|Thân chào}} {{full_name, default: "bạn"}}, vậy là tròn một tháng bạn biết đến shop rồi. {{Cảm ơn bạn nhiều|Shop cảm ơn bạn nhiều lắm}} ạ!
              Từ nay shop sẽ không chủ động nhắn nữa để khỏi làm phiền bạn. Khi nào cần, bạn nhắn một câu là shop có mặt ngay.
            buttons:
              - {title: Ghé cửa hàng, url: "https://example.com/cua-hang"}

        """#
}
