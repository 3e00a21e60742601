import DripCore
import Foundation
import Testing

@testable import SequenceFiles

/// The example of the format's description means what is written beside it.
struct FullExampleTests {
    private let sequence: DripSequence

    init() throws {
        let reader = SequenceReader(bytes: Array(FullExample.text.utf8), path: "cham-soc.yaml")
        sequence = try #require(reader.sequence, "\(reader.report.diagnostics)")
    }

    @Test func `the top of the file`() {
        #expect(sequence.id == "cham-soc")
        #expect(sequence.title == "Chăm sóc khách mới")
        #expect(
            sequence.start == [
                .firstMessage, .ref("tiktok-tool"), .message([Phrase("đã SHARE ")]),
                .comment(CommentRule(contains: [Phrase("Đã share")], post: "123_456")), .postback("GET_STARTED"),
                .tag("vip"), .manual,
            ]
        )
        #expect(sequence.again == .never)
        #expect(sequence.stop == [.optedOut, .tag("bought"), .replied, .sequence("tu-van")])
        #expect(sequence.pauseOnHuman == .hours(24))
        #expect(sequence.purpose == .care)
        #expect(sequence.pages == ["1577703145783617"])
        #expect(sequence.zone?.identifier == "Asia/Ho_Chi_Minh")
        #expect(sequence.quiet == QuietHours(start: 21 * 60 + 30, end: 8 * 60))
        #expect(sequence.days == Weekdays([.mon, .tue, .wed, .thu, .fri, .sat]))
        #expect(sequence.late == LateRule(after: .hours(12), then: .skip))
        #expect(sequence.onEdit == .follow)
        #expect(sequence.extend == .active)
        #expect(sequence.moved == [Move(from: "day-1", to: "ngay-1")])
        #expect(sequence.steps.map(\.id) == ["chao", "ngay-1", "tuan-1", "thang-1"])
    }

    @Test func `the first two steps`() {
        let (first, second) = (sequence.steps[0], sequence.steps[1])
        #expect(first.after == Offset(15, .minute))
        #expect(first.variants.map(\.text.variants) == [4])
        #expect(
            first.buttons == [
                Button(title: "Xem bảng giá", action: .url("https://example.com/bang-gia")),
                Button(title: "Cần tư vấn", action: .tap(.start("tu-van"))),
            ]
        )
        #expect(
            first.quickReplies == [
                QuickReply(title: "Có", tap: .tag("quan-tam")), QuickReply(title: "Không", tap: .stop),
            ]
        )
        #expect(second.after == Offset(1, .day))
        #expect(second.pullIntoWindow == .minutes(30))
        #expect(
            second.images == [
                .file(MediaFile(path: "media/bang-gia.jpg", location: "media/bang-gia.jpg", hash: nil)),
                .url("https://example.com/a.jpg"),
            ]
        )
    }

    @Test func `the last two steps`() throws {
        let (third, fourth) = (sequence.steps[2], sequence.steps[3])
        #expect(third.after == Offset(1, .week))
        #expect(third.at == 9 * 60)
        let name = TextTemplate(segments: [.variable(name: "full_name", fallback: nil)])
        let template = UtilityTemplate(
            name: "cap_nhat_don_hang",
            language: "vi",
            parameters: [.init(name: "ten", text: name)]
        )
        #expect(third.outsideWindow == [.utility(template), .marketing, .wait(.days(3))])
        #expect(fourth.after == Offset(1, .month))
        #expect(fourth.onlyIf == .tag("quan-tam"))
        #expect(
            try fourth.variants == [
                Variant(text: TextTemplate(parsing: "Một"), weight: 1),
                Variant(text: TextTemplate(parsing: "Hai"), weight: 1),
            ]
        )
    }

    /// `stop: [replied]` is why the month's step is beyond everybody who opens the window by writing.
    @Test func `what is said about it`() {
        let other = "sequence: tu-van\nstart: [manual]\nsteps: [{step: x, after: 1 min, text: x}]\n"
        let folder = folder([FullExample.text, other])
        #expect(
            folder.diagnostics.map(\.description).joined(separator: "\n") == #"""
                cham-soc.yaml:25:5: warning: 'chao' and 'ngay-1' come too late for the standard window after some starts: for a start on sat at 21:15, 'chao' is due on mon at 08:00; an earlier time, 'pull_into_window' or 'outside_window' can fix that
                cham-soc.yaml:25:5: note: a comment opens no window: 'chao' answers it as its one private reply; 'ngay-1', 'tuan-1' and 'thang-1' reach people who then write
                cham-soc.yaml:27:25: warning: 'full_name' can be empty: Facebook withholds names from some apps; write {{full_name, default: "bạn"}}
                cham-soc.yaml:41:81: warning: 'full_name' can be empty: Facebook withholds names from some apps; write {{full_name, default: "bạn"}}
                cham-soc.yaml:46:5: warning: 'thang-1' is due when the standard window, 24 hours from the start, has closed, and people who open it by writing leave the sequence ('stop: [replied]'): only a utility template can deliver it
                """#
        )
        #expect(folder.catalog?.sequences.count == 2)
    }
}
